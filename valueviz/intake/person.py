"""Columns of names of persons: by their header, Chinese names also by their cells; it knows no other personal data."""

from __future__ import annotations

import re

from valueviz.catalog.pack import plain_header
from valueviz.intake.heading import DIMENSIONS, NAMES

NAMES_FIT = 0.8
"""Share of distinct cells that must look like Chinese names where no header says so."""

NAMES_FIT_HEADED = 0.5
"""The same share where the header may mean persons or firms (customer, contact)."""

FEWEST_NAMES = 5
"""Distinct cells from which on a column can be a column of names by its cells alone."""

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严赖覃洪武莫孔汤向常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
"""The usual Chinese surnames of one character."""

_DOUBLE_SURNAMES = frozenset(
    ("欧阳", "司马", "上官", "诸葛", "尉迟", "皇甫", "令狐", "慕容", "司徒", "夏侯", "东方", "公孙", "长孙", "宇文")
)
_NO_NAME_ENDINGS = frozenset(
    "州市区县省镇乡村路厂店部组线仓司室科处局院校库台站所车间件品料费率量额期时段班系组机项号批类型级位层库区域数值度色"
)
"""Last characters of places, departments and things: what ends so is no person's name."""

_HEADED_PERSONS = frozenset(
    plain_header(name)
    for name in (
        *(
            "姓名",
            "员工姓名",
            "人员姓名",
            "客户姓名",
            "联系人姓名",
            "患者姓名",
            "会员姓名",
            "真实姓名",
            "中文姓名",
            "英文姓名",
        ),
        *(
            "full name",
            "first name",
            "last name",
            "surname",
            "given name",
            "family name",
            "employee name",
            "person name",
        ),
        *("staff name", "contact name", "contact person", "patient name", "member name"),
    )
)
"""Headers of names of persons and nothing else."""

_HEADED_PERHAPS = frozenset(
    plain_header(name)
    for name in (
        *(
            "经办人",
            "操作员",
            "操作人",
            "员工",
            "联系人",
            "审批人",
            "审核人",
            "申请人",
            "负责人",
            "制单人",
            "录入人",
            "提交人",
        ),
        *(
            "创建人",
            "修改人",
            "采购员",
            "业务员",
            "销售员",
            "跟单员",
            "仓管员",
            "检验员",
            "质检员",
            "班组长",
            "填报人",
            "记录人",
        ),
        *(
            "收货人",
            "发货人",
            "客户",
            "客户名称",
            "店长",
            "经理",
            "名字",
            "人员",
            "用户",
            "用户名",
            "复核人",
            "处理人",
            "执行人",
        ),
        *(
            "name",
            "employee",
            "contact",
            "customer",
            "customer name",
            "operator",
            "approver",
            "approved by",
            "created by",
        ),
        *("submitted by", "requested by", "requester", "applicant", "buyer", "owner", "assignee", "handled by", "user"),
        *(
            "user name",
            "person",
            "staff",
            "manager",
            "clerk",
            "inspector",
            "reviewer",
            "responsible",
            "entered by",
            "agent",
        ),
        *("sachbearbeiter", "sachbearbeiterin", "bearbeiter", "ansprechpartner", "mitarbeiter", "mitarbeiterin"),
        *("verantwortlicher", "verantwortlich", "erfasser", "prüfer", "responsable", "contact name", "handler"),
    )
)
"""Headers of persons, or of firms, codes and things: here the cells must look like names too."""

_HEADED_BY_ENDING = re.compile(r".{1,6}[员人者]")
"""Headers that end as Chinese words for persons do (盘点员, 经手人, 责任者)."""

_WORD = r"[A-ZÀ-ÖØ-Þ][A-Za-zß-öø-ÿÀ-ÖØ-Þ'’-]*[a-zß-öø-ÿ]"
_ENGLISH_NAME = re.compile(rf"{_WORD}(?: [A-Z]\.?| {_WORD}){{1,3}}|{_WORD}, {_WORD}")
_FIRM = re.compile(
    r"\b(?:ltd|inc|llc|gmbh|co|corp|plc|ag|company|group|works|store|plant|line|team)\b\.?", re.IGNORECASE
)

_THINGS = re.compile(
    r"(?<!客户)(?<!人员)名称$|品名$|规格$|型号$|城市|省份|地点|地址|颜色|备注|说明|原因|product|item|material|city",
    re.IGNORECASE,
)
"""Headers of things and places, whose names may begin like those of persons."""

_GROUPS = frozenset(plain_header(name) for name in (*DIMENSIONS, *NAMES["metric"], *NAMES["instrument"]))


def named_persons(name: str, filled: list[str]) -> int:
    """How many cells are names of persons; 0 where the column is none of names."""
    plain = plain_header(name)
    distinct = dict.fromkeys(filled)
    if plain in _HEADED_PERSONS:
        words = sum(1 for text in filled if not any(letter.isdigit() for letter in text))
        return words if words >= NAMES_FIT_HEADED * len(filled) else 0
    like = {text: _is_chinese_name(text) for text in distinct}
    if plain in _HEADED_PERHAPS or (_HEADED_BY_ENDING.fullmatch(plain) and plain not in _GROUPS):
        like = {text: found or _is_english_name(text) for text, found in like.items()}
        enough = sum(like.values()) >= NAMES_FIT_HEADED * len(like)
    else:
        things = plain in _GROUPS or _THINGS.search(name) is not None
        enough = not things and len(like) >= FEWEST_NAMES and sum(like.values()) >= NAMES_FIT * len(like)
    return sum(like[text] for text in filled) if enough else 0


def _is_chinese_name(text: str) -> bool:
    if not 2 <= len(text) <= 4 or not all("一" <= letter <= "鿿" for letter in text):
        return False
    if text[-1] in _NO_NAME_ENDINGS:
        return False
    return (text[0] in _SURNAMES and len(text) <= 3) or text[:2] in _DOUBLE_SURNAMES


def _is_english_name(text: str) -> bool:
    return _ENGLISH_NAME.fullmatch(text) is not None and _FIRM.search(text) is None
