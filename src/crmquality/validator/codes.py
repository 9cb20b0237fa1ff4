"""One catalog of codes: what each one means, how much it matters, and what to do about it.

The normalizer says what happened to a value, by a code; a rule of the validator says what it found, by a code. Here,
and nowhere else, a code becomes a severity and words. No message ever holds a value of a cell.

    error    the value cannot be used, or two values contradict each other
    warning  the value is doubtful or incomplete, and somebody should look at it
    info     the value was repaired or completed; this says how
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, get_args

from crmquality.tables import Severity

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means.

    Attributes:
        severity: how much it matters, unless a rule says otherwise.
        message: what is wrong and what was expected.
        message_zh: the same in Chinese.
        suggestion: what to do.
        suggestion_zh: the same in Chinese.
    """

    severity: Severity
    message: str
    message_zh: str
    suggestion: str
    suggestion_zh: str


UNKNOWN: Final = Meaning(
    "info",
    "The kernel of this field noted something that the catalog of codes does not describe.",
    "该字段的处理规则给出了目录中没有的提示代码。",
    "Look up the code where the kernel is documented.",
    "请在处理规则的说明文档中查阅该代码。",
)

_COMMON: Final[dict[str, Meaning]] = {
    "placeholder": Meaning(
        "info",
        "The cell holds a placeholder, not a value.",
        "单元格只有占位内容，没有真实的值。",
        "Leave the cell empty, or enter the real value.",
        "留空，或填写真实的值。",
    ),
    "unreadable": Meaning(
        "error",
        "The cell could not be read as this kind of value.",
        "单元格内容无法按该字段类型读取。",
        "Enter the value again.",
        "请重新填写。",
    ),
    "full_width": Meaning(
        "info", "Full-width characters were folded.", "全角字符已转为半角。", "Nothing to do.", "无需处理。"
    ),
    "control_characters": Meaning(
        "info",
        "Invisible characters were removed.",
        "已去除不可见字符。",
        "Check how the source exports its text.",
        "请检查来源系统的文本导出方式。",
    ),
    "mojibake": Meaning(
        "error",
        "The text was decoded with the wrong character set.",
        "文本出现乱码，字符编码不正确。",
        "Export the source again with its real encoding, usually UTF-8 or GB18030.",
        "请按实际编码（通常为 UTF-8 或 GB18030）重新导出数据。",
    ),
    "traditional": Meaning(
        "info",
        "Traditional characters were folded to simplified ones.",
        "繁体字已转为简体字。",
        "Nothing to do.",
        "无需处理。",
    ),
    "too_long": Meaning(
        "error",
        "The cell is far longer than a value of this kind can be.",
        "单元格内容过长，不可能是该类型的值。",
        "Move documents and notes out of this field, and enter the value alone.",
        "请将长文和备注移出该字段，只填写值本身。",
    ),
    "emoji": Meaning("info", "The text holds emoji.", "文本中含有表情符号。", "Nothing to do.", "无需处理。"),
    "invalid_number": Meaning("error", "The value is not a number.", "该值不是数字。", "Enter digits.", "请填写数字。"),
    "ambiguous_number": Meaning(
        "warning",
        "A comma was read as a decimal point, which the value alone does not decide.",
        "逗号已按小数点理解，但仅凭该值无法确定。",
        "Enter the number with a decimal point, or declare the column's decimal sign.",
        "请用小数点填写该数字，或声明该列的小数符号。",
    ),
    "number_range": Meaning(
        "warning",
        "The cell holds a range or an estimate, not one number.",
        "单元格是范围或约数，不是一个确定的数字。",
        "Enter one number, or keep ranges in a field of categories.",
        "请填写一个数字，或将范围放在类别字段中。",
    ),
    "unknown_category": Meaning(
        "warning",
        "The value is none that the list of this field knows.",
        "该值不在该字段的对照表中。",
        "Choose a known value, or add this one to the list.",
        "请选择已知的值，或将其加入对照表。",
    ),
    "invalid_url": Meaning(
        "error",
        "The value is not a web address.",
        "该值不是有效的网址。",
        "Enter a host name such as www.example.com.",
        "请填写域名，例如 www.example.com。",
    ),
    "several_urls": Meaning(
        "warning",
        "The cell holds several web addresses; the first one was taken.",
        "单元格中有多个网址，已取第一个。",
        "Enter one web address per field.",
        "每个字段只填写一个网址。",
    ),
    "email_in_url": Meaning(
        "warning",
        "The field of the web address holds an email address.",
        "网址栏中含有邮箱地址。",
        "Move the email address to its own field.",
        "请将邮箱移到邮箱字段。",
    ),
    "invalid_code": Meaning(
        "error",
        "The value holds no letter and no digit, as a code must.",
        "代码中没有字母或数字。",
        "Enter the code again.",
        "请重新填写代码。",
    ),
}

_PERSON: Final[dict[str, Meaning]] = {
    "title_removed": Meaning(
        "info",
        "A title was taken off the name.",
        "已从姓名中去除称谓。",
        "Keep titles in a field of their own.",
        "请将称谓放在单独的字段中。",
    ),
    "annotation_removed": Meaning(
        "info",
        "A note was taken off the value.",
        "已从该值中去除备注。",
        "Keep notes in a field of their own.",
        "请将备注放在单独的字段中。",
    ),
    "phone_in_name": Meaning(
        "warning",
        "The name field holds a phone number.",
        "姓名栏中含有电话号码。",
        "Move the number to a phone field.",
        "请将号码移到电话字段。",
    ),
    "several_people": Meaning(
        "warning",
        "The cell names more than one person; the first was taken.",
        "单元格中有多个人，已取第一个。",
        "Enter one person per record.",
        "每条记录只填写一个人。",
    ),
    "given_name_unknown": Meaning(
        "warning",
        "Only the family name is known.",
        "只有姓氏，缺少名字。",
        "Ask for the full name.",
        "请询问完整姓名。",
    ),
    "family_name_unknown": Meaning(
        "warning",
        "The family name could not be told.",
        "无法识别姓氏。",
        "Enter family and given name apart.",
        "请将姓和名分开填写。",
    ),
    "order_uncertain": Meaning(
        "info",
        "Which part is the family name is uncertain.",
        "姓与名的顺序不能确定。",
        "Enter family and given name apart.",
        "请将姓和名分开填写。",
    ),
    "mixed_script": Meaning(
        "warning",
        "Letters of several scripts that look alike stood in one word; they were brought to one script.",
        "同一个词中混用了形似的不同文字字母，已统一。",
        "Check how the name was typed or copied.",
        "请检查该姓名的录入或复制方式。",
    ),
    "sample_name": Meaning(
        "warning",
        "The name is one that people use in examples and tests.",
        "该姓名常用作示例或测试姓名。",
        "Check whether the record is a real customer.",
        "请核实该记录是否为真实客户。",
    ),
    "not_a_person": Meaning(
        "warning",
        "The value does not look like the name of a person.",
        "该值不像人名。",
        "Check whether it is a company, a department or a note.",
        "请核实其是否为公司、部门或备注。",
    ),
}

_ORGANIZATION: Final[dict[str, Meaning]] = {
    "legal_form_unknown": Meaning(
        "info",
        "No legal form was found in the name.",
        "名称中没有可识别的组织形式。",
        "Use the registered name where it is needed.",
        "需要时请使用登记名称。",
    ),
    "only_generic": Meaning(
        "warning",
        "The name has no part of its own, only a place, a trade or a legal form.",
        "名称只有地区、行业或组织形式，没有字号。",
        "Enter the full registered name.",
        "请填写完整的登记名称。",
    ),
    "branch": Meaning(
        "info",
        "The name is that of a branch, not of the whole company.",
        "该名称是分支机构，不是总公司。",
        "Keep branch and head office as two records.",
        "请将分支机构与总公司分为两条记录。",
    ),
}

_PHONE: Final[dict[str, Meaning]] = {
    "invalid_phone": Meaning(
        "error",
        "The value is not a possible phone number in its region.",
        "该号码在所属地区不是有效的电话号码。",
        "Enter the full number with its area or country code.",
        "请填写含区号或国家代码的完整号码。",
    ),
    "possible_phone": Meaning(
        "warning",
        "The number has a possible length, but its prefix is not known to be in use.",
        "号码长度正确，但号段未知。",
        "Call the number once, or ask for it again.",
        "请拨打一次核实，或重新询问号码。",
    ),
    "missing_area_code": Meaning(
        "warning",
        "The number has no area code.",
        "固定电话缺少区号。",
        "Enter the number with its area code.",
        "请填写带区号的号码。",
    ),
    "several_phones": Meaning(
        "warning",
        "The cell holds several numbers; the first usable one was taken.",
        "单元格中有多个号码，已取第一个可用的号码。",
        "Enter one number per field.",
        "每个字段只填写一个号码。",
    ),
    "completed_phone": Meaning(
        "info",
        "A further number gave only its last digits; the others were taken from the number before it.",
        "后一个号码只写了末几位，其余数字取自前一个号码。",
        "Enter every number in full.",
        "请完整填写每个号码。",
    ),
    "spreadsheet_damage": Meaning(
        "warning",
        "A spreadsheet changed the number's notation.",
        "号码格式被电子表格改变。",
        "Format the column as text before it is saved.",
        "保存前请将该列设为文本格式。",
    ),
    "letters_for_digits": Meaning(
        "warning",
        "Letters stand where digits should be, so the number was not read.",
        "号码中有形似数字的字母，未予识别。",
        "Enter the number in digits.",
        "请用数字填写号码。",
    ),
    "masked": Meaning(
        "warning",
        "Part of the value is masked, so it cannot be used in full.",
        "该值有部分被遮盖，不能完整使用。",
        "Ask the source for the whole value, if it may give it.",
        "如来源允许，请索取完整的值。",
    ),
    "virtual_number": Meaning(
        "warning",
        "The number is a virtual one: it is shared and it expires.",
        "该号码是虚拟号码，会过期且由多人共用。",
        "Ask for the real number.",
        "请询问真实号码。",
    ),
    "fax_number": Meaning(
        "warning",
        "The number is a fax's.",
        "该号码为传真号码。",
        "Ask for a number where somebody answers.",
        "请询问可以通话的号码。",
    ),
    "out_of_service": Meaning(
        "warning",
        "The cell says that nobody answers at the number any more.",
        "单元格注明该号码已停用或为空号。",
        "Ask for the number that is in use now.",
        "请询问目前使用的号码。",
    ),
    "service_number": Meaning(
        "info",
        "The number is a public service or a hotline, which many customers share.",
        "该号码是公共服务或客服热线，由多人共用。",
        "Ask for a number of the customer's own.",
        "请询问客户本人的号码。",
    ),
    "extension": Meaning(
        "info", "An extension was split from the number.", "已将分机号与号码分开。", "Nothing to do.", "无需处理。"
    ),
}

_EMAIL: Final[dict[str, Meaning]] = {
    "invalid_email": Meaning(
        "error",
        "The value is not an email address.",
        "该值不是有效的邮箱地址。",
        "Enter an address such as name@example.com.",
        "请填写邮箱地址，例如 name@example.com。",
    ),
    "repaired": Meaning(
        "info", "The address was repaired.", "邮箱地址已修正。", "Check the address.", "请核对邮箱地址。"
    ),
    "several_emails": Meaning(
        "warning",
        "The cell holds several addresses; the first usable one was taken.",
        "单元格中有多个邮箱，已取第一个可用的邮箱。",
        "Enter one address per field.",
        "每个字段只填写一个邮箱。",
    ),
    "display_name_removed": Meaning(
        "info", "A display name was taken off the address.", "已去除邮箱的显示名称。", "Nothing to do.", "无需处理。"
    ),
    "domain_typo": Meaning(
        "warning",
        "The domain looks like a misspelling of another.",
        "域名疑似拼写错误。",
        "Ask whether the suggested domain is meant.",
        "请确认是否为建议的域名。",
    ),
    "role_address": Meaning(
        "info",
        "The address belongs to a role, not to a person.",
        "该邮箱属于部门或岗位，不属于个人。",
        "Nothing to do.",
        "无需处理。",
    ),
    "local_typo": Meaning(
        "warning",
        "The part before the @ looks mistyped.",
        "邮箱 @ 前面的部分疑似输入有误。",
        "Ask whether the suggested address is meant.",
        "请确认建议的邮箱是否正确。",
    ),
    "no_reply_address": Meaning(
        "warning",
        "Nobody reads what is sent to this address.",
        "该邮箱仅用于发信，无人接收回复。",
        "Ask for an address that is read.",
        "请索取可以收信的邮箱。",
    ),
    "unusual_email": Meaning(
        "warning",
        "The address is of a form that standards allow and mail services refuse.",
        "该邮箱格式符合标准，但邮件服务普遍不接受。",
        "Ask for an address without quotation marks and with a domain name.",
        "请索取不含引号且使用域名的邮箱。",
    ),
    "disposable_domain": Meaning(
        "warning",
        "The address is from a service of throw-away addresses.",
        "该邮箱来自一次性邮箱服务。",
        "Ask for a lasting address.",
        "请询问长期使用的邮箱。",
    ),
}

_ADDRESS: Final[dict[str, Meaning]] = {
    "ambiguous_division": Meaning(
        "warning",
        "The division stands in more than one place.",
        "该行政区划名称对应多个地方。",
        "Enter province and city as well.",
        "请同时填写省和市。",
    ),
    "retired_division": Meaning(
        "info",
        "The division has been renamed or merged.",
        "该行政区划已更名或撤并。",
        "Use the division of today.",
        "请使用现行行政区划。",
    ),
    "filled_division": Meaning(
        "info",
        "A province or city that was left out was filled in from what is known.",
        "已按已知信息补全省、市。",
        "Nothing to do.",
        "无需处理。",
    ),
    "division_unknown": Meaning(
        "warning",
        "No known division was found in the address.",
        "地址中没有可识别的行政区划。",
        "Enter province, city and district.",
        "请填写省、市、区。",
    ),
    "division_conflict": Meaning(
        "warning",
        "The divisions of the address do not belong together.",
        "地址中的行政区划相互矛盾。",
        "Check province, city and district.",
        "请核对省、市、区。",
    ),
    "several_addresses": Meaning(
        "warning",
        "The cell holds several addresses; the first one was taken.",
        "单元格中有多个地址，已取第一个。",
        "Enter one address per field.",
        "每个字段只填写一个地址。",
    ),
    "postcode_conflict": Meaning(
        "warning",
        "The postcode is of another province than the address.",
        "邮政编码与地址所在的省份不符。",
        "Check the postcode and the address.",
        "请核对邮政编码和地址。",
    ),
    "postcode_in_address": Meaning(
        "info", "A postcode was split from the address.", "已将邮政编码与地址分开。", "Nothing to do.", "无需处理。"
    ),
}

_IDENTIFIER: Final[dict[str, Meaning]] = {
    "invalid_length": Meaning(
        "error",
        "The identifier has a wrong length.",
        "证件或代码的位数不正确。",
        "Enter every character again.",
        "请逐位重新填写。",
    ),
    "invalid_format": Meaning(
        "error",
        "The identifier holds characters where its scheme allows none such.",
        "证件或代码的格式不正确。",
        "Enter the identifier as it is printed.",
        "请按证件上的内容填写。",
    ),
    "invalid_check_digit": Meaning(
        "error",
        "The check digit is wrong, so at least one character is mistyped.",
        "校验位不正确，至少有一个字符有误。",
        "Compare each character with the document.",
        "请与证件逐位核对。",
    ),
    "upgraded": Meaning(
        "info",
        "An old form of the identifier was turned into the present one.",
        "旧格式已升级为现行格式。",
        "Nothing to do.",
        "无需处理。",
    ),
    "unknown_region": Meaning(
        "warning",
        "The region code in the identifier is not known.",
        "其中的行政区划代码未知。",
        "Compare the first digits with the document.",
        "请与证件核对前几位。",
    ),
    "invalid_birth_date": Meaning(
        "error",
        "The birth date is not a possible one.",
        "出生日期不可能存在。",
        "Compare the date with the document.",
        "请与证件核对日期。",
    ),
    "other_scheme": Meaning(
        "warning",
        "The identifier is a number of another scheme than the one this field holds.",
        "该号码属于其他类型的证件或代码。",
        "Move it to the field it belongs to, and enter the one asked for here.",
        "请移到对应的字段，并在此填写所要求的号码。",
    ),
    "region_before_birth": Meaning(
        "warning",
        "The region code in the identifier had ended before the birth.",
        "其中的行政区划代码在出生日期之前已停用。",
        "Compare the first digits and the birth date with the document.",
        "请与证件核对前六位和出生日期。",
    ),
    "several_identifiers": Meaning(
        "warning",
        "The cell holds several identifiers; the first is used, the others are kept beside it.",
        "单元格中有多个证件或代码，取第一个，其余另存。",
        "Give each identifier its own field or record.",
        "请将每个号码分别填写。",
    ),
    "doubtful_check_digit": Meaning(
        "warning",
        "The check digit does not fit; not every number of this kind has one.",
        "校验位不符，但此类号码并非都有校验位。",
        "Compare each character with the document.",
        "请与证件逐位核对。",
    ),
    "kind_uncertain": Meaning(
        "warning",
        "The identifier could be of more than one kind of document.",
        "该号码可能属于不止一种证件。",
        "Enter the kind of document beside the number.",
        "请注明证件类型。",
    ),
    "region_retired": Meaning(
        "info", "The region code is no longer given out.", "其中的行政区划代码已停用。", "Nothing to do.", "无需处理。"
    ),
}

_DATE: Final[dict[str, Meaning]] = {
    "invalid_date": Meaning(
        "error",
        "The value is not a date of the calendar.",
        "该值不是有效的日期。",
        "Enter the date as YYYY-MM-DD.",
        "请按 YYYY-MM-DD 格式填写日期。",
    ),
    "ambiguous_order": Meaning(
        "warning",
        "Day and month could be the other way round.",
        "日与月的顺序不能确定。",
        "Enter the date as YYYY-MM-DD, or declare the order of the column.",
        "请按 YYYY-MM-DD 格式填写，或声明该列的日月顺序。",
    ),
    "incomplete_date": Meaning(
        "info",
        "The day or the month is not known.",
        "日期不完整，缺少日或月。",
        "Enter the whole date if it is known.",
        "如已知，请填写完整日期。",
    ),
    "two_digit_year": Meaning(
        "warning",
        "The year has two digits only; the century was assumed.",
        "年份只有两位，世纪为推断。",
        "Enter four digits.",
        "请填写四位年份。",
    ),
    "time_dropped": Meaning("info", "A time of day was left out.", "已去除时间部分。", "Nothing to do.", "无需处理。"),
    "serial_date": Meaning(
        "warning",
        "The cell is a bare number, perhaps the day count of a spreadsheet or a Unix time; it was not read as a date.",
        "单元格是纯数字，可能是电子表格的日期序号或时间戳，未按日期读取。",
        "Declare what numbers in this column count, or format the column as a date before it is saved.",
        "请声明该列数字的含义，或在保存前将该列设为日期格式。",
    ),
    "lunar_date": Meaning(
        "warning",
        "The date is one of the lunar calendar, so the day of the common calendar is not known.",
        "该日期为农历日期，公历日期未知。",
        "Enter the date of the common calendar.",
        "请填写公历日期。",
    ),
    "open_ended": Meaning(
        "info",
        "The cell says that there is no end, or none yet.",
        "单元格注明长期有效或至今，没有结束日期。",
        "Nothing to do where the field holds an end; else enter the day.",
        "若为截止日期则无需处理，否则请填写具体日期。",
    ),
    "several_dates": Meaning(
        "warning",
        "The cell holds several dates, perhaps the first and the last day of a period.",
        "单元格中有多个日期，可能是起止日期。",
        "Give each date its own field.",
        "请将每个日期分别填写。",
    ),
    "calendar_converted": Meaning(
        "info",
        "The date was converted from another calendar.",
        "日期已由其他历法换算。",
        "Nothing to do.",
        "无需处理。",
    ),
}

_RULES: Final[dict[str, Meaning]] = {
    "required_missing": Meaning(
        "error",
        "A required value is missing.",
        "缺少必填的值。",
        "Enter the value, or ask the source for it.",
        "请填写该值，或向来源索取。",
    ),
    "any_of_missing": Meaning(
        "error",
        "None of the fields of which one is needed has a usable value.",
        "至少应填写一项的字段全部缺少可用的值。",
        "Enter at least one of them.",
        "请至少填写其中一项。",
    ),
    "pattern_mismatch": Meaning(
        "error",
        "The value does not have the form that this field needs.",
        "该值不符合字段要求的格式。",
        "Enter the value in the expected form.",
        "请按要求的格式填写。",
    ),
    "not_in_set": Meaning(
        "error",
        "The value is not one of the allowed ones.",
        "该值不在允许的取值范围内。",
        "Choose an allowed value.",
        "请选择允许的值。",
    ),
    "out_of_range": Meaning(
        "error",
        "The value is outside the allowed range.",
        "该值超出允许的范围。",
        "Check the value and its unit.",
        "请核对数值及其单位。",
    ),
    "conflict": Meaning(
        "warning",
        "Two values that should agree do not.",
        "两个应当一致的值不一致。",
        "Find out which of them is right.",
        "请核实哪一个正确。",
    ),
    "conflict_birth_date": Meaning(
        "error",
        "The birth date differs from the one in the identity number.",
        "出生日期与身份证号中的出生日期不一致。",
        "Compare both with the document.",
        "请将两者与证件核对。",
    ),
    "conflict_sex": Meaning(
        "warning",
        "The sex differs from the one in the identity number.",
        "性别与身份证号中的性别不一致。",
        "Compare both with the document.",
        "请将两者与证件核对。",
    ),
    "in_future": Meaning(
        "error",
        "The date lies in the future.",
        "日期晚于当前时间。",
        "Check the date and the source's clock.",
        "请核对日期及来源系统的时钟。",
    ),
    "order_violation": Meaning(
        "error",
        "A date comes before one that must have come first.",
        "日期的先后顺序不正确。",
        "Check both dates and the source's clock.",
        "请核对两个日期及来源系统的时钟。",
    ),
    "area_conflict": Meaning(
        "info",
        "The phone's area is not the city of the address.",
        "电话归属地与地址所在城市不一致。",
        "Ask whether the customer has moved.",
        "请询问客户是否已搬迁。",
    ),
    "shared_value": Meaning(
        "warning",
        "More records share this value than one customer's would.",
        "共用该值的记录过多。",
        "Check whether it is a switchboard, a default value or a placeholder.",
        "请核实其是否为总机、默认值或占位内容。",
    ),
    "duplicate_value": Meaning(
        "error",
        "The value must be unique, and another record has it too.",
        "该值应当唯一，但与其他记录重复。",
        "Merge the records, or correct one of them.",
        "请合并记录，或更正其中一条。",
    ),
    "landline_in_mobile": Meaning(
        "warning",
        "The number in the field for mobiles is not a mobile's.",
        "手机栏中的号码不是手机号码。",
        "Move it to the field for landlines, and ask for a mobile number.",
        "请移到固定电话栏，并询问手机号码。",
    ),
    "mobile_in_landline": Meaning(
        "warning",
        "The number in the field for landlines is a mobile's.",
        "固定电话栏中的号码是手机号码。",
        "Move it to the field for mobiles.",
        "请移到手机栏。",
    ),
    "repeated_value": Meaning(
        "info",
        "The same value stands in another field of the record too.",
        "该值与本记录另一字段的值相同。",
        "Keep it once, and leave the other field for a value of its own.",
        "保留一处即可，另一字段请填写不同的值或留空。",
    ),
    "document_conflict": Meaning(
        "warning",
        "The identity number belongs to another kind of document than the one named.",
        "证件号码与所填的证件类型不符。",
        "Compare kind and number with the document.",
        "请将证件类型和号码与证件核对。",
    ),
    "country_conflict": Meaning(
        "info",
        "The phone's country is not that of the address.",
        "电话所属国家或地区与地址不一致。",
        "Ask whether the customer has moved, or which of them is out of date.",
        "请询问客户是否已搬迁，或哪一项已过时。",
    ),
    "postcode_conflict": Meaning(
        "warning",
        "The postcode does not belong to the province or state of the address.",
        "邮政编码与地址所在省份（州）不符。",
        "Check the postcode and the address.",
        "请核对邮政编码和地址。",
    ),
    "domain_conflict": Meaning(
        "info",
        "The email's domain is not the website's.",
        "邮箱域名与网站域名不一致。",
        "Check whether both belong to the same company.",
        "请核实两者是否属于同一家公司。",
    ),
    "company_conflict": Meaning(
        "warning",
        "The email's domain is one that nearly all other records give another company for.",
        "其他记录几乎都将该邮箱域名归于另一家公司。",
        "Ask which company the customer works for.",
        "请询问客户所在的公司。",
    ),
    "consent_conflict": Meaning(
        "error",
        "The customer has opted out, and is marked to be contacted all the same.",
        "客户已拒绝联系或退订，但仍被标记为可联系。",
        "Stop contacting the customer until the consent is clear.",
        "在确认授权之前，请停止联系该客户。",
    ),
    "default_value": Meaning(
        "warning",
        "Far more records share this value than chance explains; it may be a default or a placeholder.",
        "共用该值的记录远多于正常情况，疑似默认值或占位内容。",
        "Check where the value comes from, and clear it where it is not the customer's own.",
        "请核实该值的来源；如非客户本人的信息，请清空。",
    ),
    "entity_conflict": Meaning(
        "warning",
        "Records of one customer contradict each other in this field.",
        "同一客户的多条记录在该字段上相互矛盾。",
        "Find out which value is right, or whether these are two customers.",
        "请核实哪个值正确，或它们是否为两个客户。",
    ),
    "shared_identifier": Meaning(
        "error",
        "The identifier must be one customer's, and records of another customer have it too.",
        "该标识应属于一个客户，但另一客户的记录也使用了它。",
        "Merge the two customers, or correct one of the records.",
        "请合并这两个客户，或更正其中一条记录。",
    ),
    "rule_broken": Meaning(
        "error",
        "The record breaks a rule of your own.",
        "该记录违反了自定义规则。",
        "Correct the fields that the rule names.",
        "请更正规则涉及的字段。",
    ),
    "rule_failed": Meaning(
        "warning",
        "A rule of your own failed on this record, so that the record is not checked by it.",
        "自定义规则在该记录上执行出错，因此该记录未经此规则检查。",
        "Make the rule answer for every record, also for missing values.",
        "请修改规则，使其对每条记录（包括缺失值）都能给出结果。",
    ),
    "stale": Meaning(
        "warning",
        "The record has not been touched for too long.",
        "记录长期未更新。",
        "Confirm the data with the customer.",
        "请与客户确认数据。",
    ),
}

CATALOG: Final[Mapping[str, Meaning]] = MappingProxyType(
    {**_COMMON, **_PERSON, **_ORGANIZATION, **_PHONE, **_EMAIL, **_ADDRESS, **_IDENTIFIER, **_DATE, **_RULES}
)
"""Every code that the normalizer's kernels and the validator's rules can give."""


def meaning(code: str) -> Meaning:
    """What a code means; a code of a caller's own kernel that is not in the catalog is an `info` without details.

    >>> meaning("invalid_check_digit").severity, meaning("placeholder").severity
    ('error', 'info')
    >>> meaning("my_own_code") == UNKNOWN
    True
    """
    return CATALOG.get(code, UNKNOWN)
