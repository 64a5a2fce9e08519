"""Scores: how far a subject is from its peers, and who is together again and again. They rank and never deduct."""

from . import features
from .company import Group, admitted_of, groups_of, pairs_of
from .declare import FEATURES, LIMITS, SUBJECTS, Feature, Subject, features_of
from .judging import Record, Reference, Score, Value, freeze, judge, record_of
from .precision import Precision, beyond_size, precision_at
from .rows import records_of

__all__ = [
    "FEATURES",
    "LIMITS",
    "SUBJECTS",
    "Feature",
    "Group",
    "Precision",
    "Record",
    "Reference",
    "Score",
    "Subject",
    "Value",
    "admitted_of",
    "beyond_size",
    "features",
    "features_of",
    "freeze",
    "groups_of",
    "judge",
    "pairs_of",
    "precision_at",
    "record_of",
    "records_of",
]
