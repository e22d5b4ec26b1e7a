"""A page of an official document, as GB/T 9704-2012 lays it out, made with python-docx."""

import datetime

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

# What a Chinese office has installed, and what a PDF made here can carry with it.
OFFICE_FONTS = {"song": "宋体", "title": "方正小标宋简体", "body": "仿宋_GB2312", "hei": "黑体", "kai": "楷体_GB2312"}
FREE_FONTS = {
    "song": "Noto Serif CJK SC",
    "title": "Noto Serif CJK SC",
    "body": "Noto Serif CJK SC",
    "hei": "Noto Sans CJK SC",
    "kai": "AR PL KaitiM GB",
}

BODY = 16  # 3 号
TITLE = 22  # 2 号
LINE = 29  # 22 lines on a page
RED = RGBColor(0xE6, 0x00, 0x12)


def element(parent, name, **attributes):
    child = OxmlElement(name)
    for key, value in attributes.items():
        child.set(qn("w:" + key), str(value))
    parent.append(child)
    return child


class Page:
    """Grows downwards, one part of the document after another."""

    def __init__(self, fonts):
        self.fonts = fonts
        self.doc = Document()
        normal = self.doc.styles["Normal"]
        normal.font.size = Pt(BODY)
        self._fonts(normal.element.get_or_add_rPr(), "body")
        self.doc.settings.odd_and_even_pages_header_footer = True
        section = self.doc.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(24)
        self._page_number(section.footer.paragraphs[0], ALIGN.RIGHT)
        self._page_number(section.even_page_footer.paragraphs[0], ALIGN.LEFT)

    def about(self, title, author, date):
        moment = datetime.datetime(*date, 9, 0)
        core = self.doc.core_properties
        core.title, core.author, core.last_modified_by = title, author, author
        core.created = core.modified = moment
        core.language, core.comments = "zh-CN", ""

    def _page_number(self, paragraph, align):
        paragraph.alignment = align
        if align == ALIGN.RIGHT:
            paragraph.paragraph_format.right_indent = Pt(14)
        else:
            paragraph.paragraph_format.left_indent = Pt(14)
        self._run(paragraph, "— ", "song", 14)
        field = self._run(paragraph, "", "song", 14)._r
        for kind in ("begin", None, "end"):
            if kind:
                element(field, "w:fldChar", fldCharType=kind)
            else:
                element(field, "w:instrText").text = "PAGE"
        self._run(paragraph, " —", "song", 14)

    def _run(self, paragraph, text, font, size, bold=False, color=None):
        run = paragraph.add_run(text)
        run.font.size, run.font.bold = Pt(size), bold
        if color is not None:
            run.font.color.rgb = color
        self._fonts(run._r.get_or_add_rPr(), font)
        return run

    def _fonts(self, properties, font):
        fonts = properties.get_or_add_rFonts()
        fonts.attrib.clear()
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn("w:" + script), self.fonts[font])
        fonts.set(qn("w:hint"), "eastAsia")

    def line(self, text="", font="body", size=BODY, align=None, indent=False, height=LINE, **look):
        """One paragraph; `**…**` is set in 黑体."""
        paragraph = look.pop("cell").paragraphs[0] if "cell" in look else self.doc.add_paragraph()
        form = paragraph.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(height)
        form.widow_control = True
        # No gap between Han and digits, so that 〔2026〕3号 stays one word.
        for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
            gap = OxmlElement(name)
            gap.set(qn("w:val"), "0")
            paragraph._p.pPr.insert_element_before(gap, "w:spacing", "w:ind", "w:jc")
        if align is not None:
            paragraph.alignment = align
        elif indent:
            paragraph.alignment = ALIGN.JUSTIFY
        if indent:
            form.first_line_indent = Pt(2 * size)
        for place, part in enumerate(text.split("**")):
            if part:
                self._run(paragraph, part, "hei" if place % 2 else font, size, **look)
        return paragraph

    def rule_below(self, paragraph):
        borders = OxmlElement("w:pBdr")
        paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:autoSpaceDE", "w:spacing", "w:ind", "w:jc")
        element(borders, "w:bottom", val="single", sz=18, space=6, color="E60012")

    def masthead(self, issuers, number):
        """发文机关标志, 发文字号 and the red line under them."""
        joint = len(issuers) > 1
        if joint:
            table = self.doc.add_table(rows=len(issuers), cols=2)
            self.widths(table, [330, 112])
            for row, issuer in zip(table.rows, issuers):
                self.line(issuer, "title", 30, ALIGN.DISTRIBUTE, height=44, color=RED, bold=True, cell=row.cells[0])
            paper = table.cell(0, 1).merge(table.cell(len(issuers) - 1, 1))
            paper.vertical_alignment = 1
            for extra in paper.paragraphs[1:]:
                extra._p.getparent().remove(extra._p)
            self.line("文件", "title", 40, ALIGN.CENTER, height=52, color=RED, bold=True, cell=paper)
        else:
            self.line(issuers[0], "title", 40, ALIGN.CENTER, height=64, color=RED, bold=True)
        self.rule_below(self.line(number, align=ALIGN.CENTER if joint else ALIGN.RIGHT))
        self.line(height=LINE)

    def judicial_head(self, issuer, name, number):
        self.line(issuer, "title", TITLE, ALIGN.CENTER, height=36, bold=True)
        self.line(name, "title", 30, ALIGN.CENTER, height=52, bold=True)
        self.line(number, align=ALIGN.RIGHT)
        self.line(height=LINE)

    def title(self, lines):
        for text in lines:
            self.line(text, "title", TITLE, ALIGN.CENTER, height=34, bold=True)

    def heading(self, text):
        if text.startswith("第"):
            self.line(text, "hei", align=ALIGN.CENTER).paragraph_format.keep_with_next = True
        else:
            self.line(text, "hei", indent=True).paragraph_format.keep_with_next = True

    def table(self, rows):
        grid = self.doc.add_table(rows=len(rows), cols=len(rows[0]))
        grid.style = "Table Grid"
        grid.alignment = WD_TABLE_ALIGNMENT.CENTER
        self.widths(grid, [76, 60, 108, 100, 88])
        for place, row in enumerate(rows):
            for cell, text in zip(grid.rows[place].cells, row):
                cell.vertical_alignment = 1
                self.line(text, "hei" if place == 0 else "body", 12, ALIGN.CENTER, height=22, cell=cell)

    def signature(self, names, date):
        """署名 centred over 成文日期, which ends four characters from the margin."""
        self.line()
        if len(names) > 1:
            self.line("　".join(names), align=ALIGN.CENTER).paragraph_format.keep_with_next = True
        else:
            width = sum(BODY if ord(c) > 255 else BODY * 0.55 for c in date)
            above = self.line(names[0], align=ALIGN.RIGHT)
            above.paragraph_format.right_indent = Pt(max(0, 4 * BODY + width / 2 - len(names[0]) * BODY / 2))
            above.paragraph_format.keep_with_next = True
        self.line(date, align=ALIGN.RIGHT).paragraph_format.right_indent = Pt(4 * BODY)

    def imprint(self, copies, printed):
        """版记, below everything else."""
        for _ in range(4):
            self.line()
        rows = ["抄送：" + copies, *([printed.replace("　　", "\t")] if printed else [])]
        table = self.doc.add_table(rows=len(rows), cols=1)
        self.widths(table, [442])
        for place, (row, text) in enumerate(zip(table.rows, rows)):
            paragraph = self.line(text, size=14, height=26, cell=row.cells[0])
            paragraph.paragraph_format.left_indent = Pt(14)
            paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(149), WD_TAB_ALIGNMENT.RIGHT)
            borders = element(row.cells[0]._tc.get_or_add_tcPr(), "w:tcBorders")
            element(borders, "w:top", val="single", sz=8 if place == 0 else 6, color="000000")
            if place == len(rows) - 1:
                element(borders, "w:bottom", val="single", sz=8, color="000000")

        # A text does not end with a table.
        self.line(size=1, height=1)

    def widths(self, table, points):
        table.autofit = False
        for column, width in zip(table.columns, points):
            column.width = Pt(width)
            for cell in column.cells:
                cell.width = Pt(width)

    def new_page(self):
        self.doc.add_section(WD_SECTION.NEW_PAGE)
