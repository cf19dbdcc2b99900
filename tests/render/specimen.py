"""A document with every kind of block and chart, in both languages, about an invented client.

All figures are made up to look at the renderers; every fact carries an illustration's lineage.
"""

from __future__ import annotations

import math
import re
from datetime import date

from tests.render import specimen_evidence as evidence
from tests.render.specimen_charts import Say, dip, dumbbell, fact, run_chart, source_text, text
from valueviz.catalog.brand import Brand
from valueviz.story.blocks import (
    Block,
    Bullets,
    Callout,
    Card,
    Cards,
    Cell,
    CellBar,
    Column,
    Cover,
    Curve,
    Document,
    Dumbbell,
    Furniture,
    Prose,
    Row,
    Run,
    RunChart,
    Section,
    Table,
    Waterfall,
)
from valueviz.terms import Grade, Locale, Names, Question, Request, Verdict, View

BRAND = Brand(
    key="valueviz",
    name=Names((("zh_CN", "valueviz"), ("en", "valueviz"))),
    brand="#0E7C74",
    brand_deep="#0B2A4A",
    cover="full",
    confidentiality=Names((("zh_CN", "仅供双方沟通使用"), ("en", "For the two parties only"))),
    logo=None,
    digest="0" * 64,
)


def document(locale: Locale) -> Document:
    """The specimen in one language: cover, five sections, every kind of block."""
    say = _speaker(locale)
    return Document(
        request=_request(locale),
        id="VV-SPECIMEN",
        digest="5bec1e9a" * 8,
        title=say("续约价值报告（样张）", "Renewal value report (specimen)"),
        question=say("当初的承诺兑现了吗？", "Were the promises kept?"),
        subject=say("合成数据样张", "Specimen with synthetic data"),
        author="valueviz",
        keywords="specimen, synthetic",
        language_tag={"zh_CN": "zh-CN", "en": "en"}[locale],
        brand=BRAND,
        cover=_cover(say),
        furniture=_furniture(say),
        sections=(
            _answer(say),
            _scorecard(say),
            _trend(say),
            _shortfall(say),
            _where_from(say),
            _evidence(say),
            _dip(say),
        ),
        synthetic=True,
    )


def charts(locale: Locale) -> dict[str, RunChart | Dumbbell | Waterfall | Curve]:
    """Every chart of the specimen by key."""
    found: dict[str, RunChart | Dumbbell | Waterfall | Curve] = {}
    for section in document(locale).sections:
        for block in section.blocks:
            if isinstance(block, RunChart | Dumbbell | Waterfall | Curve):
                found[block.key] = block
    return found


# Words ───────────────────────────────────────────────────────────────────────


def _speaker(locale: Locale) -> Say:
    if locale == "en":
        return lambda _zh, en: en
    return lambda zh, _en: _spaced(zh)


def _spaced(text: str) -> str:
    """Chinese text with a thin space where it meets Latin letters or digits."""
    cjk, latin = r"[\u4e00-\u9fff]", r"[A-Za-z0-9%+\u2212]"
    text = re.sub(rf"({cjk})({latin})", "\\1\u2009\\2", text)
    return re.sub(rf"({latin})({cjk})", "\\1\u2009\\2", text)


def _request(locale: Locale) -> Request:
    question = Question(
        client="specimen",
        industry="manufacturing",
        snapshots=("a" * 64,),
        knowledge="b" * 64,
        catalog="c" * 64,
        as_of=date(2026, 6, 30),
        version="0.1.0",
    )
    view = View("renewal", "d" * 64, locale, "valueviz", "0" * 64)
    return Request(question, view)


def _furniture(say: Say) -> Furniture:
    return Furniture(
        header_left="valueviz",
        header_right=say(
            "续约价值报告 · 样张精密制造（合成数据）", "Renewal value report · Specimen Precision (synthetic)"
        ),
        footer=say(
            "VV-SPECIMEN · 数据截止 2026-06-30 · 指纹 5bec1e9a5bec · 仅供双方沟通使用",
            "VV-SPECIMEN · as of 30 June 2026 · digest 5bec1e9a5bec · for the two parties only",
        ),
        page=say("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
        contents=say("目录", "Contents"),
        continued=say("（续）", "(continued)"),
    )


def _cover(say: Say) -> Cover:
    return Cover(
        kind=say("续约价值报告", "Renewal value report"),
        client=text(Run(say("样张精密制造（合成数据）", "Specimen Precision (synthetic data)"), kind="quotation")),
        subtitle=text(say("ERP 与 MES 一体化项目 · 续约沟通版", "ERP and MES programme · for the renewal talk")),
        status=say("草稿", "Draft"),
        answer=text(
            say("月结至少缩短 ", "The month-end close is at least "),
            fact("close.change.bound", -2.4, "day", say("2.4 天", "2.4 days"), strong=True, grade="B"),
            say("；十项指标中三项改善、一项变差。", " shorter; of ten metrics three improved and one got worse."),
        ),
        cards=_cards(say).items[:3],
        meta=(
            (say("报告编号", "Report"), "VV-SPECIMEN"),
            (say("数据截止", "As of"), say("2026 年 6 月 30 日", "30 June 2026")),
            (say("数据指纹", "Digest"), "5bec1e9a5bec1e9a"),
        ),
        code="valueviz:VV-SPECIMEN:5bec1e9a5bec1e9a",
    )


# Sections ────────────────────────────────────────────────────────────────────


def _answer(say: Say) -> Section:
    return Section(
        key="answer",
        number="1",
        name=say("一页答案", "The answer"),
        title=text(
            say("月结至少缩短 ", "The month-end close is at least "),
            fact("answer.bound", -2.4, "day", say("2.4 天", "2.4 days")),
            say("，库存准确率尚不能证明", " shorter; stock accuracy is not provable yet"),
        ),
        lead=text(
            say(
                "三项核心指标改善，退货率变差；能否归功于实施，看证据等级。",
                "Three core metrics improved, the return rate got worse; the grade says how firmly.",
            )
        ),
        blocks=(
            _cards(say),
            Prose(text(say("我们发现了什么", "What we found")), style="heading"),
            _findings(say),
            Callout(
                title=text(say("边界说明", "What limits this")),
                text=text(
                    say(
                        "没有对照组：同期的涨价和组织调整未能分离，因此证据等级最高为 B。",
                        "There is no control group: price changes and the reorganisation of the same months are not "
                        "separated, so no grade is better than B.",
                    )
                ),
            ),
            Prose(
                text(say("建议续约范围聚焦退货原因和库存盘点。", "Renew with a focus on returns and stock counts.")),
                "so_what",
            ),
            _source(say),
        ),
        question=say("当初的承诺兑现了吗？", "Were the promises kept?"),
    )


def _source(say: Say) -> Prose:
    return Prose(source_text(say), style="source")


def _findings(say: Say) -> Bullets:
    return Bullets(
        (
            text(
                Run(say("月结", "The close"), strong=True),
                say("明显缩短，区间为 ", " is clearly shorter, interval "),
                fact("close.interval", -2.9, "day", say("2.4 – 3.4 天", "2.4 – 3.4 days")),
                say("。", "."),
            ),
            text(
                Run(say("退货率", "The return rate"), strong=True),
                say("变差 ", " got worse by "),
                fact("returns.change", 0.9, "pp", say("0.9 个百分点", "0.9 pp")),
                say(
                    "，原因多为物料编码错误，培训后的三个月没有好转。",
                    ", mostly through wrong item codes; three months after training it has not recovered.",
                ),
            ),
            text(
                Run(say("库存准确率", "Stock accuracy"), strong=True),
                say("尚不能证明，还需要约 ", " is not provable yet; it needs about "),
                fact("stock.needed", 7, "count", say("7 个月", "7 months")),
                say("的数据。", " more of data."),
            ),
        )
    )


def _cards(say: Say) -> Cards:
    spark_down = tuple(0.82 + 0.1 * math.sin(i) if i < 14 else 0.24 + 0.08 * math.sin(i) for i in range(24))
    spark_up = tuple(0.3 + 0.07 * math.sin(1.7 * i) if i < 14 else 0.62 + 0.1 * math.sin(i) for i in range(24))
    improved, worse = say("改善", "improved"), say("变差", "worse")
    return Cards(
        (
            Card(
                label=text(say("月结天数", "Month-end close")),
                number=text(fact("card.close", -2.9, "day", say("−2.9 天", "−2.9 days"), grade="B")),
                detail=text(
                    fact("card.close.interval", -2.9, "day", say("95% 区间 −3.4 – −2.4", "95% interval −3.4 – −2.4"))
                ),
                grade="B",
                verdict="improved",
                verdict_word=text(improved),
                spark=spark_down,
                spark_split=14,
            ),
            Card(
                label=text(say("订单交付周期", "Order lead time")),
                number=text(fact("card.lead", -18.4, "percent", "−18.4%", grade="A")),
                detail=text(
                    fact(
                        "card.lead.interval",
                        -18.4,
                        "percent",
                        say("95% 区间 −22.1% – −14.6%", "95% interval −22.1% – −14.6%"),
                    )
                ),
                grade="A",
                verdict="improved",
                verdict_word=text(improved),
                spark=tuple(None if i in {5, 6} else value for i, value in enumerate(spark_down)),
                spark_split=14,
            ),
            Card(
                label=text(say("退货率", "Return rate")),
                number=text(fact("card.returns", 0.9, "pp", say("+0.9 个百分点", "+0.9 pp"), grade="C")),
                detail=text(
                    fact("card.returns.interval", 0.9, "pp", say("95% 区间 0.4 – 1.4", "95% interval 0.4 – 1.4"))
                ),
                grade="C",
                verdict="worse",
                verdict_word=text(worse),
                spark=spark_up,
                spark_split=14,
            ),
            Card(
                label=text(say("库存准确率", "Stock accuracy")),
                number=text("?"),
                detail=text(say("还需要更多月份的数据", "needs more months of data")),
                verdict="not_provable_yet",
                verdict_word=text(say("尚不能证明", "not provable yet")),
                spark=tuple(0.5 + 0.2 * math.sin(2.1 * i) for i in range(24)),
                spark_split=14,
            ),
        )
    )


def _scorecard(say: Say) -> Section:
    return Section(
        key="scorecard",
        number="2",
        name=say("承诺与兑现", "Promised and realised"),
        title=text(
            say("三项改善、一项变差，两项还不能下结论", "Three metrics improved, one got worse, two cannot be judged")
        ),
        lead=text(say("每项指标都与它自己的反事实比较。", "Each metric is compared with its own counterfactual.")),
        blocks=(dumbbell(say), _score_table(say)),
    )


def _score_table(say: Say) -> Table:
    def row(number: int, name: str, numbers: tuple[float, float, float], verdict: Verdict, grade: Grade | None) -> Row:
        low, point, high = numbers
        word = {"improved": say("改善", "improved"), "worse": say("变差", "worse")}.get(
            verdict, say("尚不能证明", "not provable yet")
        )
        change = f"{point:+.1f}%".replace("-", "\u2212")
        return Row(
            (
                Cell(text(name)),
                Cell(text(fact(f"table{number}.change", point, "percent", change))),
                Cell(
                    bar=CellBar((low + 25) / 70, (high + 25) / 70, (point + 25) / 70, 25 / 70, verdict),
                    text=(),
                ),
                Cell(grade=grade),
                Cell(text(word), verdict=verdict),
            )
        )

    return Table(
        key="scorecard",
        title=text(say("记分卡", "Scorecard")),
        columns=(
            Column(text(say("指标", "Metric")), width=2.6),
            Column(text(say("变化（%）", "Change (%)")), align="right"),
            Column(text(say("95% 区间", "95% interval")), align="center", width=1.8),
            Column(text(say("等级", "Grade")), align="center", width=0.7),
            Column(text(say("结论", "Verdict")), width=1.4),
        ),
        rows=(
            Row((Cell(text(say("财务", "Finance"))),), kind="group"),
            row(1, say("月结天数", "Month-end close"), (28.9, 34.9, 41.0), "improved", "B"),
            Row((Cell(text(say("供应链", "Supply chain"))),), kind="group"),
            row(2, say("订单交付周期", "Order lead time"), (14.6, 18.4, 22.1), "improved", "A"),
            row(3, say("库存准确率", "Stock accuracy"), (-2.0, 3.1, 8.2), "not_provable_yet", None),
            row(4, say("退货率", "Return rate"), (-19.2, -13.0, -6.8), "worse", "C"),
            Row(
                (
                    Cell(text(say("可声称的指标", "Metrics that carry a claim"))),
                    Cell(text(fact("table.total", 3, "count", "3"))),
                    Cell(),
                    Cell(),
                    Cell(),
                ),
                kind="total",
            ),
        ),
        source=source_text(say),
    )


def _trend(say: Say) -> Section:
    return Section(
        key="trend",
        number="3",
        name=say("趋势", "Trend"),
        title=text(
            say(
                "上线后月结明显低于按原趋势推算的水平",
                "Since go-live the close runs well below what its trend foretold",
            )
        ),
        lead=text(say("差距从第三个月起稳定存在。", "The gap has held since the third month.")),
        blocks=(
            run_chart(say, "improved"),
            Callout(
                title=text(say("怎么读这张图", "How to read this chart")),
                text=text(
                    say(
                        "带状区域是没有上线时的预期范围，只用上线前的数据推算；实线与它的差距就是效果。",
                        "The band is what would have been expected without the go-live, from data before it alone; "
                        "the distance of the line from the band is the effect.",
                    )
                ),
                tone="info",
            ),
        ),
        breaks="flow",
    )


def _shortfall(say: Say) -> Section:
    return Section(
        key="shortfall",
        number="4",
        name=say("未达预期", "What did not work"),
        title=text(
            say("退货率变差，库存准确率还看不出变化", "Returns got worse and stock accuracy shows no change yet")
        ),
        lead=text(say("两项都需要客户与实施方共同处理。", "Both need work by the client and the partner.")),
        blocks=(run_chart(say, "worse"), run_chart(say, "not_provable_yet")),
    )


def _where_from(say: Say) -> Section:
    return Section(
        key="where_from",
        number="5",
        name=say("从何而来", "Where from"),
        title=text(say("近一半的改善来自切换上线", "Close to half of the gain came with the cutover")),
        lead=text(say("数据分不开的步骤放在一个括号里。", "Steps the data cannot tell apart stand in one bracket.")),
        blocks=(
            evidence.where_from(say, "where_from", evidence.MANY, low=-1, high=5),
            evidence.where_from(say, "where_from_few", evidence.FEW, low=-2, high=1),
        ),
    )


def _evidence(say: Say) -> Section:
    return Section(
        key="evidence",
        number="6",
        name=say("证据", "Evidence"),
        title=text(say("三种看法，同一个结论", "Three views, one conclusion")),
        lead=text(say("过程界限、各店对照和逐周走势。", "Process limits, stores compared, and week by week.")),
        blocks=(evidence.limits(say), evidence.event_study(say), evidence.weekly(say)),
    )


def _dip(say: Say) -> Section:
    blocks: tuple[Block, ...] = (
        dip(say),
        Prose(
            text(
                say(
                    "上线初期效率下降是常态：新流程、双系统并行和培训同时占用人手。提前安排业务骨干的时间，低谷就更浅、更短。",
                    "A drop right after go-live is normal: new procedures, parallel systems and training draw on the same "
                    "people. Free the key users in time and the dip is shallower and shorter.",
                )
            )
        ),
        Bullets(
            (
                text(say("物料编码规则已经书面确认", "Item coding rules are agreed in writing")),
                text(say("每个审批节点都有唯一负责人", "Every approval step has one owner")),
            ),
            marker="check",
        ),
        Bullets(
            (
                text(say("从今天起记录每月结账天数", "Record the days of each month-end close from today")),
                text(say("固定测量方式，上线前后不变", "Keep the instrument the same across go-live")),
            ),
            marker="number",
        ),
        Prose(text(say("示意图，不代表任何客户。", "An illustration, about no client in particular.")), style="note"),
    )
    return Section(
        key="dip",
        number="7",
        name=say("低谷与恢复", "Dip and recovery"),
        title=text(say("低谷不可避免，深浅取决于准备", "The dip is unavoidable, its depth depends on preparation")),
        lead=text(say("装上软件不等于见效。", "Installing is not yet working.")),
        blocks=blocks,
    )
