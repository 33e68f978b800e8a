"""The wfdb package as judge of what we read and write; it warns of its own use of its libraries."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import wfdb

__all__ = ["wfdb"]
