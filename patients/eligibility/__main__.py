"""``python -m patients.eligibility FACTS.json``: print the decision on those facts as JSON.

``--policies FOLDER`` adds the clinic's own files (docs/eligibility.md); ``-`` reads the facts from standard input;
``--schema`` prints the JSON Schema of the facts. Exit status 0 when a decision is printed, 2 when the facts or the
policy cannot be taken.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from patients.eligibility.assess import PolicyMismatch, decide
from patients.eligibility.facts import Facts, FactsError
from patients.eligibility.packaged import load_book
from patients.eligibility.schema import facts_schema
from patients.toml_table import TomlError


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    if options.schema:
        print(json.dumps(facts_schema(), indent=2))
        return 0
    try:
        if options.policies is not None and not options.policies.is_dir():
            raise NotADirectoryError(20, "there is no such folder", str(options.policies))
        text = sys.stdin.read() if options.facts == "-" else Path(options.facts).read_text("utf-8")
        decision = decide(Facts.from_dict(json.loads(text)), load_book(options.policies))
    except OSError as error:
        print(f"{error.filename} cannot be read: {error.strerror or error}.", file=sys.stderr)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        print(f"The file is not JSON: {error}.", file=sys.stderr)
    except FactsError as error:
        print("\n".join(sentence for _, sentence in error.problems), file=sys.stderr)
    except (PolicyMismatch, TomlError) as error:
        print(error, file=sys.stderr)
    else:
        print(json.dumps(decision.to_dict(), indent=2))
        return 0
    return 2


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m patients.eligibility",
        description="Print the coverage decision on a file of facts as JSON.",
    )
    parser.add_argument(
        "facts", metavar="FACTS.json", nargs="?", help="a file of facts, or - for standard input"
    )
    parser.add_argument("--policies", metavar="FOLDER", type=Path, help="the clinic's own policy files")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of the facts and stop")
    options = parser.parse_args(arguments)
    if options.facts is None and not options.schema:
        parser.error("give one file of facts: python -m patients.eligibility FACTS.json")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
