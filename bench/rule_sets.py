"""The rules that are run side by side, under a name for each set; a peer must know every rule of a set."""

SETS = {
    "eight": (
        "charged_outside_stay",
        "diagnosis_for_other_sex",
        "drug_for_other_sex",
        "duplicate_charge",
        "frequent_stays",
        "over_frequency",
        "overlapping_stays",
        "split_stay",
    ),
}
CHOSEN = "eight"
