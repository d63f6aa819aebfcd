"""The five regions of the United Nations' geoscheme (M49), for breakdowns that a reader can take in.

Which code belongs where: UN Statistics Division, "Standard country or area codes for statistical use (M49)"; for the few codes
that M49 has no region for (Taiwan, Kosovo, Antarctica) the territory containment of Unicode's CLDR 45.
"""

from babel import Locale, UnknownLocaleError

# M49's numbers are CLDR's, too: its names of the regions come from there, in each language.
AFRICA, AMERICAS, ASIA, EUROPE, OCEANIA = "002", "019", "142", "150", "009"

_CODES = {
    AFRICA: """
        AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG
        RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW
    """,
    AMERICAS: """
        AG AI AR AW BB BL BM BO BQ BR BS BV BZ CA CL CO CR CU CW DM DO EC FK GD GF GL GP GS GT GY HN HT JM KN KY LC MF MQ MS
        MX NI PA PE PM PR PY SR SV SX TC TT US UY VC VE VG VI
    """,
    ASIA: """
        AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS QA
        SA SG SY TH TJ TL TM TR TW UZ VN YE
    """,
    EUROPE: """
        AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO
        PL PT RO RS RU SE SI SJ SK SM UA VA XK
    """,
    OCEANIA: """
        AQ AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS
    """,
}
_REGION_OF = {code: region for region, codes in _CODES.items() for code in codes.split()}


def region_of(code: str) -> str:
    """The M49 number of the region of a country or territory; "" for an unknown code."""
    return _REGION_OF.get(code, "")


def label(region: str, language: str) -> str:
    """The name of a region in `language` ("zh-hans"); an unknown one stays as it is."""
    try:
        locale = Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        locale = Locale("en")
    return str(locale.territories.get(region, region))
