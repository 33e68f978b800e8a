"""Which roles do what in this room; ``tests/permissions/patients.py`` holds every address to it."""

from eecp_clinic.roles import CLINICAL, Role

#: Who registers; who then keeps name and address right.
REGISTERS = (Role.FRONT_DESK, Role.ADMINISTRATOR, *CLINICAL)
EDITS = (Role.FRONT_DESK, *CLINICAL)
#: Who keeps coverages, calls payers, and files what comes on paper.
KEEPS_COVERAGES = (*EDITS, Role.BILLING)
#: Who joins two records of one person, and brings in lists from another system.
MERGES = (Role.ADMINISTRATOR, *CLINICAL)
#: Who reads workups and decisions; the front desk has no need to.
READS_CLINICAL = (*CLINICAL, Role.BILLING, Role.ADMINISTRATOR)
#: Who says by which policy a payer decides.
KEEPS_PAYERS = (Role.BILLING, Role.ADMINISTRATOR)
#: Who gives an ABN, asks a plan, and records the answers.
GIVES_NOTICES = (Role.FRONT_DESK, Role.BILLING, *CLINICAL)
