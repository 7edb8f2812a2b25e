"""Sentences about ledgers and directories as files: which rule is broken, and the way out.

A sentence about a cell begins after its place: the reader has file, row, column and value before it. A sentence about
a whole file names the file itself.
"""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "file.missing": (
        "找不到文件 {file}。请核对路径和文件名后重试。",
        "There is no file {file}. Check the path and the name, then try again.",
    ),
    "file.not_regular": (
        "{file} 是文件夹或设备，不是文件。请指定其中的一个具体文件。",
        "{file} is a folder or a device, not a file. Name one file inside it.",
    ),
    "file.too_large": (
        "文件 {file} 有 {size_mib} MiB，超过上限 {limit_mib} MiB。请按市州或县拆分后分别导入。",
        "{file} has {size_mib} MiB, more than the limit of {limit_mib} MiB. Split it by prefecture or county.",
    ),
    "file.unreadable": (
        "无法读取文件 {file}（{problem}）。请检查读取权限，并确认文件未被其他程序占用。",
        "{file} cannot be read ({problem}). Check that you may read it and that no other program has locked it.",
    ),
    "ledger.empty_file": (
        "文件 {file} 没有任何内容（隐藏的工作表不读取）。请确认选对了文件，并已保存台账数据。",
        "{file} holds nothing (hidden sheets are not read). Check that it is the right file and was saved.",
    ),
    "ledger.not_a_spreadsheet": (
        "文件 {file} 不是表格。台账应为 .xlsx 工作簿或 .csv 文本，改后缀名不等于转换格式。请用表格软件另存为 .xlsx。",
        (
            "{file} is not a spreadsheet. A ledger is an .xlsx workbook or a .csv text, and renaming does not "
            "convert a file: open it in a spreadsheet program and save it as .xlsx."
        ),
    ),
    "ledger.old_excel": (
        "文件 {file} 是旧版 Excel（.xls）、Word 文档或带打开密码的工作簿。请打开后取消密码，另存为 .xlsx 再导入。",
        (
            "{file} is an old Excel file (.xls), a Word document or a workbook locked by a password. Open it, "
            "remove the password, and save it as .xlsx."
        ),
    ),
    "ledger.broken_workbook": (
        "工作簿 {file} 已损坏或不完整，无法打开。请向报送单位重新索取，或修复后另存为 .xlsx。",
        (
            "The workbook {file} is damaged or incomplete. Get it again from the sender, or repair it in a "
            "spreadsheet program and save it as .xlsx."
        ),
    ),
    "ledger.archive_limit": (
        (
            "工作簿 {file} 超出安全上限，未打开：内含 {entries} 个部件（上限 {max_entries}），解压后 {unpacked_mb} "
            "MB（上限 {max_unpacked_mb}），压缩比 {ratio}（上限 {max_ratio}）。请只保留台账工作表，另存为新的 "
            ".xlsx 或 .csv。"
        ),
        (
            "The workbook {file} exceeds a safety limit and was not opened: {entries} parts (limit {max_entries}), "
            "{unpacked_mb} MB unpacked (limit {max_unpacked_mb}), compression ratio {ratio} (limit {max_ratio}). "
            "Keep only the sheet with the ledger and save it as a new .xlsx or .csv."
        ),
    ),
    "ledger.stray_cell": (
        (
            "工作簿 {file} 的有内容区域达到 {rows} 行 × {columns} 列，超过 {limit} 个单元格，通常是数据区外误填了单"
            "元格。请删除数据区右侧和下方的多余行列后保存。"
        ),
        (
            "The filled area of the workbook {file} has {rows} rows x {columns} columns, more than {limit} cells, "
            "mostly because of a stray cell far away. Delete the rows below and the columns right of the data and "
            "save it."
        ),
    ),
    "ledger.too_many_rows": (
        "文件 {file} 超过 {limit} 行。请按市州或县拆分后分别导入。",
        "{file} has more than {limit} rows. Split it by prefecture or county.",
    ),
    "ledger.unreadable_encoding": (
        (
            "文件 {file} 第 {line} 行起的文字编码无法识别：既不是 UTF-8、UTF-16（带标记），也不是 GB18030，或字节已"
            "损坏。请用表格软件打开原件，另存为“CSV UTF-8”或 .xlsx。"
        ),
        (
            "The text of {file} cannot be decoded from line {line} on: it is not UTF-8, UTF-16 (with mark) or "
            "GB18030, or its bytes are damaged. Open the original in a spreadsheet program and save it as CSV "
            "UTF-8 or .xlsx."
        ),
    ),
    "ledger.broken_csv": (
        "文件 {file} 第 {line} 行附近的引号不成对，或单元格过长。请补齐引号，或另存为 .xlsx。",
        (
            "Near line {line} of {file} a quotation mark is not closed, or a cell is too long. Close it, or save "
            "the file as .xlsx."
        ),
    ),
    "ledger.missing_column": (
        "缺少必需的列“{column}”。现有表头：{found}。请增加该列，或把对应的表头改为“{column}”。",
        "The required column {column} is missing. Headings found: {found}. Add it, or rename its heading to {column}.",
    ),
    "ledger.repeated_column": (
        "该列与“{first}”都表示“{column}”，无法判断以哪一列为准。请只保留一列，或把另一列改名。",
        (
            "This column and {first} both mean {column}, and which one counts cannot be told. Keep one, or rename "
            "the other."
        ),
    ),
    "ledger.amount_unit": (
        "金额必须以元为单位。请把数值换算成元，并把表头改为“补助资金(元)”。",
        "Amounts must be in yuan. Convert the values and rename the heading.",
    ),
    "ledger.no_rows": (
        "表头下面没有数据行。请填写至少一个行政村后再导入。",
        "There are no rows below the headings. Fill in at least one village.",
    ),
    "ledger.too_many_cells": (
        "本行的单元格多于表头，各列可能已错位。含逗号的内容请用英文双引号括起，或另存为 .xlsx。",
        (
            "The row has more cells than there are headings, so its columns may have shifted. Put text that holds "
            "a comma in double quotes, or save the file as .xlsx."
        ),
    ),
    "ledger.missing_value": (
        "该列必填，不能为空。请补填；合并单元格须先取消合并，再逐行填写。",
        "A value is required here. Fill it in; split merged cells first and fill in each row.",
    ),
    "ledger.code_is_float": (
        "行政村代码被存成了数字，位数可能已丢失。请把该列设为“文本”格式，按原始资料重新填写 12 位代码。",
        (
            "The village code was stored as a number and may have lost digits. Format the column as text and enter "
            "the 12 digits from the original record."
        ),
    ),
    "ledger.code_not_digits": (
        "行政村代码只能由 12 位数字组成，不能有字母、空格或其他符号。请按统计用区划代码核对改正。",
        "A village code has 12 digits and no letters, blanks or marks. Correct it after the statistics bureau's list.",
    ),
    "ledger.code_length": (
        "行政村代码应为 12 位数字，此处为 {length} 位。请填写完整的统计用区划代码，不要填乡镇或县级代码。",
        (
            "A village code has 12 digits, this one has {length}. Enter the full code, not that of the township or "
            "county."
        ),
    ),
    "ledger.unknown_province": (
        "行政村代码的前两位 {prefix} 不是任何省份的代码。请核对代码是否错位或输错。",
        (
            "No province has the code {prefix}, with which this village code begins. Check it for shifted or wrong "
            "digits."
        ),
    ),
    "ledger.code_not_village": (
        "代码末三位为 000，表示乡镇而不是行政村。请填写行政村的代码，或删除该汇总行。",
        "A code that ends in 000 is that of a township. Enter the code of the village, or delete the summary row.",
    ),
    "ledger.code_not_county": (
        "应用措施按县上报，应填写县级代码（6 位代码后加 6 个 0），不填行政村代码。请改为所在县的代码。",
        (
            "Measures are returned by county: a county's code stands here, six digits and six zeros, not a village's. "
            "Enter that of the county."
        ),
    ),
    "ledger.duplicate_code": (
        (
            "同一行政村、同一建设技术已在第 {first} 行列出，重复会导致重复建设和重复补助。请删除一行，或改正代码或"
            "建设技术。"
        ),
        (
            "Row {first} already lists this village for the same technology; it would be built and paid twice. "
            "Delete one of the rows, or correct the code or the technology."
        ),
    ),
    "ledger.bad_choice": (
        "不是可用的取值。请从以下取值中选填：{allowed}。",
        "This value is not known. Use one of: {allowed}.",
    ),
    "ledger.bad_builder": (
        (
            "承建单位应填单位代码（小写字母、数字和连字符，如 telecom），或中国电信、中国移动、中国联通、中国铁塔。"
            "请改填。"
        ),
        (
            "A builder is given as the code of the organisation (lower-case letters, digits, hyphens; for example "
            "telecom). Enter its code."
        ),
    ),
    "ledger.bad_date": (
        "不是有效日期，或不在 2000 年至 2099 年之间。请按 2018-09-03 的格式填写真实存在的日期。",
        "This is no date, or it lies outside 2000-2099. Enter a day that exists, written like 2018-09-03.",
    ),
    "ledger.bad_number": (
        "不是数字。请只填数字，不带单位和文字。",
        "This is not a number. Enter digits only, without units or words.",
    ),
    "ledger.negative_number": (
        "数值不能为负。请填写 0 或正数；不掌握的可留空。",
        "This number cannot be negative. Enter zero or more, or leave it empty when it is not known.",
    ),
    "ledger.impossible_number": (
        "超过 {limit}，单个行政村不可能有这么大的数值。请核对单位和列是否错位后改正。",
        "This is more than {limit}, which no single village can have. Check the unit and the column, and correct it.",
    ),
    "ledger.not_whole": (
        "应为整数。请填写不带小数的数字。",
        "This must be a whole number. Enter it without decimals.",
    ),
    "ledger.not_text": (
        "应为文本，却被表格软件转成了日期或时间。请把该列设为“文本”格式后重新填写。",
        (
            "This should be text, but the spreadsheet program made a date or time of it. Format the column as text "
            "and enter it again."
        ),
    ),
    "ledger.too_long": (
        "内容超过 {limit} 个字。请只填名称，说明文字请另列。",
        "The text is longer than {limit} characters. Enter the name only and put notes in a column of their own.",
    ),
    "ledger.damaged_text": (
        "含有乱码或控制字符，说明此前转码时已丢失文字。请按原始资料重新填写。",
        (
            "The text holds replacement or control characters, left by an earlier wrong conversion. Enter it again "
            "from the original record."
        ),
    ),
    "ledger.more_problems": (
        "此外还有 {more} 处问题，未逐一列出。请先改正以上问题，再重新检查。",
        "There are {more} further problems that are not listed one by one. Correct those above, then check again.",
    ),
    "ledger.tier_contradiction": (
        "优先类别为三区三州，但代码 {village_code} 不在三区三州范围内。请核对代码，或改填其他优先类别。",
        (
            "The tier says three-regions, but the code {village_code} lies outside them. Check the code, or enter "
            "another tier."
        ),
    ),
    "project.bad_programme": (
        "项目类别代码“{value}”不符合要求：应为 2 至 6 个大写英文字母，例如 US。请改正。",
        "The programme {value!r} is not allowed: it is written with 2 to 6 capital letters, as in US. Correct it.",
    ),
    "project.built_already": (
        (
            "第 {row} 行：{place} 在 {batch} 批次已由项目 {project_id} 建设相同内容，重复会导致重复补助（共 {count} 处，"
            "均未登记）。请删除该行；确需改变建设内容的，先按决定取消原项目。"
        ),
        (
            "Row {row}: project {project_id} already builds the same at {place} in batch {batch}; it would be paid "
            "twice ({count} such rows; nothing was registered). Delete the row; to build something else there, first "
            "cancel that project by a recorded decision."
        ),
    ),
    "directory.not_a_directory": (
        "文件 {file} 不是人员名册：名册的 kind 为 directory，并有 people 和 posts 两个列表。请指定正确的文件。",
        (
            "{file} is not a directory of people: its kind is directory, with the lists people and posts. Name the "
            "right file."
        ),
    ),
    "directory.invalid": (
        "{file} 第 {line} 行 {place}：{rule}。现值：{value}。",
        "{file}, line {line}, {place}: {rule}. Found: {value}.",
    ),
    "directory.bad_id": (
        (
            "{file} 第 {line} 行 {place} 的编号“{value}”不符合要求：以字母或数字开头，只含字母、数字和 . _ : -，最"
            "长 64 个字符。请改正。"
        ),
        (
            "{file}, line {line}, {place}: the id {value!r} is not allowed. It begins with a letter or digit, has "
            "only letters, digits and . _ : -, and at most 64 characters. Correct it."
        ),
    ),
    "directory.bad_area": (
        (
            "{file} 第 {line} 行 {place} 的地区代码“{value}”不符合要求：全国留空，省 2 位、市州 4 位、县 6 位数字。"
            "请改正。"
        ),
        (
            "{file}, line {line}, {place}: the area {value!r} is not allowed. It is empty for the nation, else 2 "
            "digits for a province, 4 for a prefecture, 6 for a county. Correct it."
        ),
    ),
    "directory.bad_address": (
        "{file} 第 {line} 行 {place} 中渠道 {channel} 的地址“{value}”无效：应为一行可见字符，最多 {most} 个。请改正，或删去该行。",
        (
            "{file}, line {line}, {place}: {value!r} is no address for the channel {channel}: it must be one line of "
            "visible characters, {most} at most. Correct it, or take the line away."
        ),
    ),
    "directory.bad_email": (
        "{file} 第 {line} 行 {place} 的邮箱“{value}”不是有效地址：只能用英文字母、数字和符号。请改正；没有邮箱的填 null。",
        (
            "{file}, line {line}, {place}: {value!r} is no mail address, which has letters of the Latin alphabet only. "
            "Correct it, or write null when there is none."
        ),
    ),
    "directory.unknown_role": (
        "{file} 第 {line} 行 {place}：没有角色“{value}”。可用角色：{known}。请改正。",
        "{file}, line {line}, {place}: there is no role {value!r}. Roles: {known}. Correct it.",
    ),
    "directory.area_of_role": (
        "{file} 第 {line} 行 {place} 的地区代码“{value}”与角色不符：{role}按{level}设岗，代码应为 {digits} 位数字。请改正。",
        (
            "{file}, line {line}, {place}: the area {value!r} does not go with the role: a post of {role} is bound to "
            "one {level}, whose code has {digits} digits. Correct it."
        ),
    ),
    "directory.area_of_nation": (
        "{file} 第 {line} 行 {place} 的地区代码“{value}”与角色不符：{role}面向全国，地区代码应留空。请改正。",
        (
            "{file}, line {line}, {place}: the area {value!r} does not go with the role: a post of {role} is for the "
            "nation, and its area is empty. Correct it."
        ),
    ),
    "directory.no_organisation": (
        "{file} 第 {line} 行 {place}：{role}岗位须写明所属单位（organisation），例如 mobile。现值：“{value}”。请补上。",
        (
            "{file}, line {line}, {place}: a post of {role} belongs to an organisation, for example mobile. Found: "
            "{value!r}. Add it."
        ),
    ),
    "scope.province": ("省", "province"),
    "scope.prefecture": ("市（州）", "prefecture"),
    "scope.county": ("县", "county"),
    "scope.organisation_province": ("省", "province"),
    "scope.organisation_county": ("县", "county"),
    "directory.repeated_id": (
        "{file} 第 {line} 行 {place} 的编号“{value}”已在第 {first} 行使用。编号不得重复，请另取一个。",
        "{file}, line {line}, {place}: the id {value!r} is already used in line {first}. Choose another.",
    ),
    "directory.unknown_holder": (
        "{file} 第 {line} 行 {place} 的任职人“{value}”不在 people 之中。请先登记此人；岗位空缺的填 null。",
        (
            "{file}, line {line}, {place}: the holder {value!r} is not among the people. Add the person first, or "
            "write null for a vacant post."
        ),
    ),
}
