"""The run that loads files into the lake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from secrets import token_hex

from yiheng.basis.engine_paths import whole_path
from yiheng.basis.hidden import masked
from yiheng.intake import Database, Loaded, MappingFile, Privacy, load
from yiheng.lake import told

from .editions import OVERLAY, overlay_on
from .keys import key_of, known_key
from .manifest import Manifest, canonical, write_whole
from .workspace import Workspace

QUARANTINE = "quarantine.parquet"
LOAD = "load.json"
ACT_BYTES = 16


@told()
def run_load(
    workspace: Workspace,
    paths: list[Path],
    mapping: MappingFile | None = None,
    progress: Callable[[str], None] = lambda _: None,
    databases: Sequence[Database] = (),
    *,
    hidden_sheets: bool = False,
) -> Loaded:
    """Load files, folders and databases; keep what was counted and what was quarantined with the run.

    The province's codes are those of the overlay that holds today, whatever the days of the rows: late and corrected
    claims come under the codes of their time.

    Raises:
        Refusal: when nothing can be loaded, overlays were loaded and none holds today, or the key of the workspace's
            hashes is gone.
    """
    for path in paths:
        whole_path(path)
    used, overlay = overlay_on(workspace, dt.date.today())
    lake = workspace.lake
    known_key(workspace.folder, lake)
    manifest = Manifest(
        "load",
        {
            # A database by its address only: its URL may hold a password.
            "paths": sorted([*(masked(p.name) for p in paths), *(database.shown for database in databases)]),
            "mapping": masked(mapping.mapping.mapping) if mapping else None,
            **({"hidden_sheets": True} if hidden_sheets else {}),
        },
        {
            # A load changes the lake: each is an act of its own, even of the same files, here or elsewhere.
            "act": token_hex(ACT_BYTES),
            "mapping_sha256": mapping.sha256 if mapping else None,
            **({"codes": {OVERLAY: [used.as_json()]}} if used else {}),
        },
    )
    folder = workspace.run_folder(manifest.run, new=True)
    loaded = load(
        paths,
        lake,
        run=manifest.run,
        mapping=mapping,
        databases=databases,
        quarantine=folder / QUARANTINE,
        privacy=Privacy(lambda: key_of(workspace.folder, lake), workspace.hash_person_id),
        progress=progress,
        overlay=overlay,
        hidden_sheets=hidden_sheets,
    )
    write_whole(folder / LOAD, canonical(loaded.as_json()))
    manifest.write(folder, [LOAD, QUARANTINE])
    workspace.note_run(manifest.run, "load", loaded.snapshot.number if manifest.run in lake.loads() else None)
    return loaded
