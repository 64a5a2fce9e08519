"""Code lists that people publish: read, checked and kept by edition."""

from .declare import CodeList, Edition, read_edition
from .knowledge import CITY_WEIGHT, GRAY_CODE, KNOWLEDGE_POINT, SEX_CONFLICT, SHIPPED

LISTS: dict[str, CodeList] = {one.name: one for one in (KNOWLEDGE_POINT, SEX_CONFLICT, GRAY_CODE, CITY_WEIGHT)}

# The synthetic lists that come with the package, for the demo county and the documentation.
SHIPPED_FILES = {"knowledge_point": SHIPPED / "knowledge_points.csv", "sex_conflict": SHIPPED / "sex_conflict.csv"}

__all__ = ["LISTS", "SHIPPED_FILES", "CodeList", "Edition", "read_edition"]
