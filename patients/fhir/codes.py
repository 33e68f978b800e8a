"""Codes that FHIR resources of this application are read and written with; each with where it stands.

PURE. Only codes that were looked up stand here: what has no certain code is written with words alone. LOINC codes
are those of loinc.org, SNOMED CT codes those of the US edition, HCPCS and CPT codes those of the claims that the
clinic sends, the source of payment is the typology of the National Association of Health Data Organizations.
"""

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
# HL7's terminology server names this system with http, not https.
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
HCPCS_NAMES = (HCPCS, HCPCS.replace("http:", "https:"), "urn:oid:2.16.840.1.113883.6.285")
CPT = "http://www.ama-assn.org/go/cpt"
NPI = "http://hl7.org/fhir/sid/us-npi"
MBI = "http://hl7.org/fhir/sid/us-mbi"
IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
SOURCE_OF_PAYMENT = "https://nahdo.org/sopt"
OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
CONDITION_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
CONDITION_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
CONDITION_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"

#: Relationship of the beneficiary to the subscriber (X12's individual relationship codes), by FHIR's code for it.
SUBSCRIBER_RELATIONSHIP = "http://terminology.hl7.org/CodeSystem/subscriber-relationship"
RELATIONSHIPS = {"self": "18", "spouse": "01", "common": "53", "child": "19", "parent": "G8", "other": "G8"}

#: External counterpulsation, one session (HCPCS), and circulatory assist from outside (CPT), which some payers want.
COUNTERPULSATION = frozenset({"G0166", "92971"})

#: Angina by CCS class: the findings of DICOM's context group 3719. Class 0 has no certain code.
CCS_FINDINGS = {"61490001": 1, "41334000": 2, "85284003": 3, "89323001": 4}
#: NYHA class as a finding, and the question it answers.
NYHA_FINDINGS = {"420300004": 1, "421704003": 2, "420913000": 3, "422293003": 4}
NYHA = "88020-3"
#: Left ventricular ejection fraction: by any method, by 2D echo, by Doppler, by ultrasound.
LVEF = frozenset({"10230-1", "8806-2", "8808-8", "18043-0"})
ECG = frozenset({"11524-6", "34534-8", "29303009", "268400002", "93000", "93005", "93010"})
#: Coronary arteriosclerosis, and coronary heart disease of an atherosclerotic kind.
CORONARY_DISEASE = frozenset({"53741008", "414545008"})
#: Chronic coronary disease in ICD-10-CM, by how the code begins.
CORONARY_PREFIXES = ("I25.1", "I25.7", "I25.81")
#: SNOMED CT procedures, and CPT and HCPCS codes of claims, for opening or bypassing coronary arteries.
PCI = frozenset({"415070008", *(str(code) for code in range(92920, 92945))})
CABG = frozenset({"232717009", *(str(code) for code in range(33510, 33537))})

#: Kind of payer by the beginning of a source of payment, the longest first.
PAYER_KINDS = (
    ("11", "medicare_advantage"),
    ("12", "original_medicare"),
    ("81", "self_pay"),
    ("2", "medicaid"),
    ("5", "commercial"),
    ("6", "commercial"),
)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Ingredients by the therapy that a workup names; the names are RxNorm's, the classes those of the US labels.
INGREDIENTS: dict[str, frozenset[str]] = {
    "beta_blocker": _names(
        "acebutolol atenolol betaxolol bisoprolol carvedilol labetalol metoprolol nadolol nebivolol pindolol "
        "propranolol"
    ),
    "calcium_channel_blocker": _names(
        "amlodipine diltiazem felodipine isradipine nicardipine nifedipine nisoldipine verapamil"
    ),
    "long_acting_nitrate": frozenset({"isosorbide"}),
    "ranolazine": frozenset({"ranolazine"}),
    "ivabradine": frozenset({"ivabradine"}),
    "statin": _names("atorvastatin fluvastatin lovastatin pitavastatin pravastatin rosuvastatin simvastatin"),
    "antiplatelet": _names("aspirin clopidogrel prasugrel ticagrelor ticlopidine"),
    "ace_inhibitor_or_arb": _names(
        "benazepril captopril enalapril fosinopril lisinopril moexipril perindopril quinapril ramipril trandolapril "
        "azilsartan candesartan eprosartan irbesartan losartan olmesartan telmisartan valsartan"
    ),
}

#: Two-letter codes of the US Postal Service by the name of the state, district or territory.
STATES = {
    "alabama": "AL", "alaska": "AK", "american samoa": "AS", "arizona": "AZ", "arkansas": "AR", "california": "CA",
    "colorado": "CO", "connecticut": "CT", "delaware": "DE", "district of columbia": "DC", "florida": "FL",
    "georgia": "GA", "guam": "GU", "hawaii": "HI", "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA",
    "kansas": "KS", "kentucky": "KY", "louisiana": "LA", "maine": "ME", "maryland": "MD", "massachusetts": "MA",
    "michigan": "MI", "minnesota": "MN", "mississippi": "MS", "missouri": "MO", "montana": "MT", "nebraska": "NE",
    "nevada": "NV", "new hampshire": "NH", "new jersey": "NJ", "new mexico": "NM", "new york": "NY",
    "north carolina": "NC", "north dakota": "ND", "northern mariana islands": "MP", "ohio": "OH", "oklahoma": "OK",
    "oregon": "OR", "pennsylvania": "PA", "puerto rico": "PR", "rhode island": "RI", "south carolina": "SC",
    "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT", "virginia": "VA",
    "virgin islands": "VI", "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
}  # fmt: skip


def state_code(text: str) -> str:
    """The two letters of a US state given by code or name; empty for anything else."""
    word = " ".join(text.split()).casefold()
    return word.upper() if word.upper() in STATES.values() else STATES.get(word, "")
