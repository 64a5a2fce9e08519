"""Runs: engines, pipelines, and the manifest of what was run on what."""

from .adopting import Needed, adopt, propose, withdraw
from .auditing import run_audit
from .backup import Backup, Restored, make_backup, restore_backup
from .bill_rows import read_bill
from .bills import Desk
from .checking import questioned_page, questioned_rows, refused_rows, run_quality
from .claims import CLAIM_COLUMNS, Claims, claims_behind
from .comparing import run_compare, settled_in
from .corrected import corrected_claims
from .driving import claims_of_driver, payers_of_visit, run_drivers
from .editions import KNOWN, InUse, Kept, as_of, editions_in_use, load_codes, load_shipped_codes
from .found import Opened, names_of_institutions, open_finding, open_visit, parties_enrolled
from .kept import kept_policies
from .loading import run_load
from .lookup import lists_known, look_up
from .manifest import ENGINES
from .measuring import run_measure
from .official import (
    OFFICIAL,
    SettleRun,
    Stand,
    altered,
    official_of,
    pairs_of,
    policy_in_force,
    settle_runs,
    stand_of,
    standing,
)
from .packing import Packed, pack_workspace, unpack_workspace
from .precision import judge_rules
from .register import Act, Pair, Register, register_of
from .replaying import Replay, replay
from .sampling import run_draw, run_estimate
from .scoring import SCORED, run_score
from .settling import NOTICE, parties_of_file, run_settle
from .totals import refuse_unknown_totals
from .trying import Trial, few_rows, trials
from .verifying import Checked, check_quickly, verify_place
from .workspace import Workspace

__all__ = [
    "CLAIM_COLUMNS",
    "ENGINES",
    "KNOWN",
    "NOTICE",
    "OFFICIAL",
    "SCORED",
    "Act",
    "Backup",
    "Checked",
    "Claims",
    "Desk",
    "InUse",
    "Kept",
    "Needed",
    "Opened",
    "Packed",
    "Pair",
    "Register",
    "Replay",
    "Restored",
    "SettleRun",
    "Stand",
    "Trial",
    "Workspace",
    "adopt",
    "altered",
    "as_of",
    "check_quickly",
    "claims_behind",
    "claims_of_driver",
    "corrected_claims",
    "editions_in_use",
    "few_rows",
    "judge_rules",
    "kept_policies",
    "lists_known",
    "load_codes",
    "load_shipped_codes",
    "look_up",
    "make_backup",
    "names_of_institutions",
    "official_of",
    "open_finding",
    "open_visit",
    "pack_workspace",
    "pairs_of",
    "parties_enrolled",
    "parties_of_file",
    "payers_of_visit",
    "policy_in_force",
    "propose",
    "questioned_page",
    "questioned_rows",
    "read_bill",
    "refuse_unknown_totals",
    "refused_rows",
    "register_of",
    "replay",
    "restore_backup",
    "run_audit",
    "run_compare",
    "run_draw",
    "run_drivers",
    "run_estimate",
    "run_load",
    "run_measure",
    "run_quality",
    "run_score",
    "run_settle",
    "settle_runs",
    "settled_in",
    "stand_of",
    "standing",
    "trials",
    "unpack_workspace",
    "verify_place",
    "withdraw",
]
