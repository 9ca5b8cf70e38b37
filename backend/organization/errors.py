"""What the organization refuses: a city that is not there, and data that cannot be loaded."""

from __future__ import annotations

from typing import ClassVar

from backend.kernel.errors import Invalid, NotFound, Unavailable


class CityNotLoaded(Unavailable):
    """The database has no city yet: ``flask city load`` has not run."""

    code: ClassVar[str] = "city-not-loaded"
    default_detail: ClassVar[str] = "城市数据尚未加载，请运维人员运行 flask city load。"


class CentreUnknown(NotFound):
    """No command centre has this id or code."""

    code: ClassVar[str] = "centre-unknown"
    default_detail: ClassVar[str] = "指挥中心不存在。"


class DivisionUnknown(NotFound):
    """No division has this code."""

    code: ClassVar[str] = "division-unknown"
    default_detail: ClassVar[str] = "行政区划不存在。"


class CellUnknown(NotFound):
    """No grid cell of this code is in force."""

    code: ClassVar[str] = "cell-unknown"
    default_detail: ClassVar[str] = "网格不存在或已停用。"


class UnitUnknown(NotFound):
    """No unit that works has this code."""

    code: ClassVar[str] = "unit-unknown"
    default_detail: ClassVar[str] = "承办单位不存在或已停用。"


class CategoryTreeUnknown(NotFound):
    """No category tree has this name."""

    code: ClassVar[str] = "category-tree-unknown"
    default_detail: ClassVar[str] = "事项类别体系不存在。"


class SourceRefused(Invalid):
    """A file of city data holds a row that cannot be taken. Nothing of the load is kept."""

    code: ClassVar[str] = "city-source-refused"
    default_detail: ClassVar[str] = "城市数据文件有误，没有加载任何内容。"

    @classmethod
    def at(cls, file: str, line: int, complaint: str) -> SourceRefused:
        """Return the refusal of one line of one file."""
        return cls(f"{file}:{line}: {complaint}", errors={"file": file, "line": line})
