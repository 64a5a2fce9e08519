"""Which fields of a source are personal: declared once, for intake, for the docs and for the tests.

A personal field has no column of its own. It is dropped at the door, or it arrives under an alias of a column whose
``personal`` says that only a keyed hash of it is kept.
"""

from __future__ import annotations

import re

# National fields (nhsa.md) by what they are; staff is personal as well.
PERSONAL_FIELDS: dict[str, tuple[str, ...]] = {
    "names": (
        "psn_name", "patn_name", "coner_name", "agnter_name", "opter_name", "inv_chg_opter_name",
        "purc_retn_opter_name", "sel_retn_opter_name", "crter_name", "codr_name", "deptdrt_name", "phar_name",
        "atddr_name", "chfdr_name", "chfpdr_name", "bilg_dr_name", "acord_dr_name", "orders_dr_name", "drord_dr_name",
        "prsc_dr_name", "diag_dr_name", "dise_dor_name", "oper_name", "oper_dr_name", "anst_dr_name", "asit_1_name",
        "asit_2_name", "intn_dr_name", "ipt_dr_name", "train_dr_name", "pote_intn_dr_name", "qltctrl_dr_name",
        "qltctrl_nurs_name", "resp_nurs_name",
    ),
    "certificates": (
        "certno", "mdtrt_cert_no", "agnter_certno", "phar_certno", "phar_prac_cert_no", "prsc_dr_certno", "fpsc_no",
    ),
    "phones": ("tel", "psn_tel", "coner_tel", "agnter_tel", "emp_tel", "empr_tel", "dept_resper_tel"),
    "addresses": (
        "addr", "curr_addr", "curr_addr_poscode", "coner_addr", "agnter_addr", "emp_addr", "empr_addr", "poscode",
        "resd_addr", "resd_addr_prov", "resd_addr_city", "resd_addr_coty", "resd_addr_subd", "resd_addr_vil",
        "resd_addr_housnum", "resd_addr_poscode", "resout_addr",
    ),
    "bank accounts": ("bankacct", "bank_acct", "bank_acct_name", "acctname"),
}  # fmt: skip
# What other layouts call such fields.
FAMILIES = re.compile(
    r"(^|_)(tel|phone|mobile|addr|address|poscode|certno|cert_?no|id_?card|passport|bank|bankacct|surname)(_|$)"
    r"|(^|_)(psn|patn|patient|person|dr|dor|nurs|opter)_?name$"
    r"|姓名|证件号|身份证|护照|电话|手机|地址|住址|邮编|邮政编码|银行|账号|联系人$|签名$"
)
_NAMED = {field for fields in PERSONAL_FIELDS.values() for field in fields}


def is_personal(field: str) -> bool:
    """Whether a field of a source is personal by its name."""
    name = field.strip().lower()
    return name in _NAMED or FAMILIES.search(name) is not None
