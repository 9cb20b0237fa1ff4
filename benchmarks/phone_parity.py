"""Phones against phonenumbers: where it is right, ours is the same answer.

Three sets, each value asked of both: every region's example number of every type, in E.164, international and national
form, with every region (and none) as the default; random digits and marks in random regions; numbers near valid ones.
What is compared: E.164, national number, kind and region of `resolve`, and the value and kind of `normalize_phone`.

Ours answers more than phonenumbers does (labels, extensions, repairs): where phonenumbers finds no valid number, ours
may find one, and those are counted by the rule. Where phonenumbers finds one, ours must give it, but for the reasons
counted by name.

    python benchmarks/phone_parity.py            # everything, some minutes
    python benchmarks/phone_parity.py --random 20000 --regions 20
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from crmquality.normalizer.phone_numbers import resolve
from crmquality.normalizer.phones import normalize_phone

KINDS = {
    PhoneNumberType.FIXED_LINE: "fixed_line",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_line_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "service",
    PhoneNumberType.VOICEMAIL: "service",
}
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
FORMS = (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL)

Answer = tuple[str, str, str, str | None]
"""E.164, national number, kind, region."""


def oracle(text: str, region: str | None) -> Answer | None:
    """phonenumbers, called as its manual says."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return (
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        phonenumbers.national_significant_number(number),
        KINDS.get(phonenumbers.number_type(number), "unknown"),
        phonenumbers.region_code_for_number(number),
    )


def examples() -> dict[str, str]:
    """Every way to write an example number, and its region; numbers of no country belong to None."""
    out: dict[str, str] = {}
    for region in REGIONS:
        for kind in PhoneNumberType.values():
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                out |= {phonenumbers.format_number(number, form): region for form in FORMS}
    for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS):
        number = phonenumbers.example_number_for_non_geo_entity(code)
        if number is not None:
            out |= {phonenumbers.format_number(number, form): "001" for form in FORMS[:2]}
    return out


def random_numbers(n: int, seed: int = 0) -> Iterator[tuple[str, str | None]]:
    """Digits with marks: half of them in China, a third near valid numbers of their region."""
    rng = random.Random(seed)
    near = list(examples().items())
    for i in range(n):
        region = "CN" if i % 2 else rng.choice(REGIONS)
        if i % 3 == 0:
            text, home = rng.choice(near)
            at = rng.randrange(max(len(text) - 6, 0), len(text))
            text = f"{text[:at]}{rng.randrange(10)}{text[at + 1 :]}"
            region = region if i % 2 or home == "001" else home
        else:
            n_digits = rng.randrange(5, 14)
            start = rng.choice(
                ["", "", "0", "1", "86", "+86", "0086", "+", "00", "010", "02", "075", "400", "13", "18"]
            )
            text = start + "".join(rng.choice("0123456789") for _ in range(n_digits))
            if rng.random() < 0.3:
                at = rng.randrange(1, len(text) - 2)
                text = f"{text[:at]}{rng.choice(' -')}{text[at:]}"
        yield text, region


def compare(text: str, region: str | None, counts: Counter[str], shown: list[str]) -> None:
    """Counts what the two say of one text."""
    expected = oracle(text, region)
    number = resolve(text, region)
    counts["asked"] += 1
    if expected and number and (expected[2], number.kind) == ("fixed_line", "service") and number.region == "CN":
        counts["told apart further: a hotline behind an area code"] += 1
        expected = (*expected[:2], "service", expected[3])
    counts["valid for phonenumbers"] += expected is not None
    if (number and tuple(number[:4])) != expected:
        counts["DIFFERENT: resolve"] += 1
        shown.append(f"resolve {text!r} {region} {number} {expected}")
    answer = normalize_phone(text, region=region)
    if expected is None:
        reason = next((c for c in answer.issues if c in ("extension", "virtual_number", "several_phones")), "repaired")
        counts[f"ours alone: {reason}"] += answer.value is not None
    elif answer.value != expected[0] or answer.parts["kind"] != expected[2]:
        if answer.parts.get("placeholder") == "13800138000":
            counts["known to be nobody's"] += 1
        else:
            counts["DIFFERENT: normalize_phone"] += 1
            shown.append(f"normalize {text!r} {region} {answer} {expected}")


def report(title: str, counts: Counter[str]) -> None:
    print(f"{title}:")
    for name, count in sorted(counts.items(), key=lambda item: (not item[0].startswith("asked"), item[0])):
        print(f"  {count:>9,}  {name}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--random", type=int, default=200_000, help="random numbers")
    parser.add_argument("--regions", type=int, default=len(REGIONS), help="default regions of the example numbers")
    options = parser.parse_args()
    shown: list[str] = []
    counts: Counter[str] = Counter()
    numbers = examples()
    for text, home in numbers.items():
        if home != "001":
            compare(text, home, counts, shown)
    report("every region's example numbers, with their own region", counts)
    counts = Counter()
    for region in (None, *random.Random(1).sample(REGIONS, options.regions)):
        for text in numbers:
            compare(text, region, counts, shown)
    report("every region's example numbers, with every region as the default", counts)
    counts = Counter()
    for text, where in random_numbers(options.random):
        compare(text, where, counts, shown)
    report("random numbers", counts)
    print("\n".join(["", "different:", *shown[:40]]) if shown else "\nno difference")


if __name__ == "__main__":
    main()
