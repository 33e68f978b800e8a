"""``python -m patients.eligibility FACTS.json``: print the decision on those facts as JSON.

Exit status 0 when a decision is printed, 2 when the facts or the policy cannot be taken.
"""

import json
import sys
from pathlib import Path

from patients.eligibility.assess import PolicyMismatch, decide
from patients.eligibility.facts import Facts, FactsError
from patients.eligibility.packaged import load_packaged


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("Give one file of facts: python -m patients.eligibility FACTS.json", file=sys.stderr)
        return 2
    try:
        facts = Facts.from_dict(json.loads(Path(arguments[0]).read_text("utf-8")))
        decision = decide(facts, load_packaged())
    except OSError as error:
        print(f"The file cannot be read: {error.strerror or error}.", file=sys.stderr)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        print(f"The file is not JSON: {error}.", file=sys.stderr)
    except FactsError as error:
        print("\n".join(sentence for _, sentence in error.problems), file=sys.stderr)
    except PolicyMismatch as error:
        print(error, file=sys.stderr)
    else:
        print(json.dumps(decision.to_dict(), indent=2))
        return 0
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
