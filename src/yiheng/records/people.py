"""Contracts of institutions, persons and who is covered by which consortium when."""

from yiheng.basis.evidence import Words

from .codes import INSTITUTION_KIND, INSURANCE, SEX
from .declare import Check, Column, Personal, Table

# Nobody alive was born before; an earlier birthday is a typing fault.
EARLIEST_BIRTH = "1900-01-01"


def _hashed(name: str, zh: str, en: str, personal: Personal, *aliases: str) -> Column:
    return Column(name, "text", zh, en, null=True, aliases=aliases, personal=personal)


INSTITUTION = Table(
    name="institution",
    zh="定点医药机构",
    en="One designated institution.",
    key=("institution_id",),
    aliases=("fixmedins_b",),
    columns=(
        Column("institution_id", "text", "定点医药机构编号", "code of the institution", aliases=("fixmedins_code",)),
        Column("name", "text", "机构名称", "name", aliases=("fixmedins_name",), free=True),
        Column(
            "kind",
            "text",
            "机构类别",
            "what kind of institution",
            aliases=("fixmedins_type",),
            codes=INSTITUTION_KIND,
        ),
        Column("level", "text", "医院等级", "hospital level", null=True, aliases=("hosp_lv",), free=True),
        Column(
            "division",
            "text",
            "归属医保区划",
            "insurance division it stands in",
            aliases=("fix_blng_admdvs", "fixmedins_poolarea"),
        ),
    ),
)

PERSON = Table(
    name="person",
    zh="参保人",
    en="One insured person, known by the fund's own number.",
    key=("person_id",),
    aliases=("psn_info_b",),
    columns=(
        Column(
            "person_id", "text", "人员编号", "the fund's number of the person", aliases=("psn_no",), personal="person"
        ),
        Column("sex", "text", "性别", "sex", aliases=("gend",), codes=SEX),
        Column("born_on", "day", "出生日期", "day of birth", aliases=("brdy",), earliest=EARLIEST_BIRTH),
        Column("insurance", "text", "险种类型", "kind of insurance", null=True, aliases=("insutype",), codes=INSURANCE),
        Column("person_kind", "text", "人员类别", "kind of person", null=True, aliases=("psn_type",)),
        Column("low_income", "yes", "困难人员", "entitled to medical aid", null=True),
        Column(
            "division",
            "text",
            "参保所属医保区划",
            "insurance division the person is insured in",
            aliases=("insu_admdvs", "insuplc_admdvs"),
        ),
        _hashed("certificate_hash", "证件号码摘要", "keyed hash of the certificate number", "certificate", "certno"),
        _hashed("phone_hash", "电话摘要", "keyed hash of the phone number", "phone", "tel", "psn_tel"),
        _hashed("address_hash", "地址摘要", "keyed hash of the address", "address", "addr", "curr_addr"),
    ),
)

ENROLMENT = Table(
    name="enrolment",
    zh="参保归属",
    en="One span of days in which a consortium answers for a person.",
    key=("person_id", "consortium", "enrolled_from"),
    aliases=("psn_fix_d",),
    columns=(
        Column(
            "person_id", "text", "人员编号", "the person", aliases=("psn_no",), refers_to="person", personal="person"
        ),
        Column("consortium", "text", "医共体", "the consortium that answers for the person"),
        Column(
            "institution_id",
            "text",
            "签约机构",
            "institution of first visits",
            null=True,
            aliases=("fixmedins_code",),
            refers_to="institution",
        ),
        Column(
            "family_doctor",
            "text",
            "家庭医生",
            "code of the family doctor",
            null=True,
            aliases=("fmly_dr_codg",),
            zeros=True,
        ),
        Column("enrolled_from", "day", "归属起日", "first day", aliases=("begndate",)),
        Column(
            "enrolled_until",
            "day",
            "归属止日",
            "last day; 9999-12-31 while it lasts",
            aliases=("enddate",),
            open_end=True,
            not_before=("person_id", "born_on"),
        ),
    ),
    checks=(
        Check(
            "enrolment_ends_before_it_starts",
            Words("归属止日早于起日", "the enrolment ends before it starts"),
            Words("止日不早于起日", "a last day on or after the first"),
            ("enrolled_from", "enrolled_until"),
            lambda t: t.enrolled_until < t.enrolled_from,
        ),
    ),
)
