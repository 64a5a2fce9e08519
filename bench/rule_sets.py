"""The rules that are run side by side, under a name for each set; a peer must know every rule of a set."""

SETS = {
    "ten": (
        "charged_outside_stay",
        "diagnosis_for_other_sex",
        "drug_for_other_sex",
        "duplicate_charge",
        "frequent_stays",
        "hoarded_drug",
        "over_frequency",
        "overlapping_stays",
        "split_stay",
        "visit_during_stay",
    ),
}
CHOSEN = "ten"
