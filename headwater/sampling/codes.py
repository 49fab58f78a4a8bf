"""Codes: the few short values of a column that repeat and say nothing of anybody, such as a status."""

from __future__ import annotations

import re
from collections import Counter

CODES = 50
"""A text column with at most so many values, all short, holds codes."""

CODE_LENGTH = 24

_REPEATED = 20
"""With fewer cells nobody can tell codes from a few people's words."""

_SEEN = 3
"""A code is seen so often; somebody's word among codes is not."""

_NEARLY_ALL = 0.9
_CODE = re.compile(r"[a-z0-9_./+-]+|[A-Z0-9_./+-]+")
_LONG_RUN = re.compile(r"\d{5}")
_PARTS = re.compile(r"[_./+-]+")
_MARK = re.compile(r"[A-Z]{1,3}|[a-z]{1,2}|[A-Za-z]{0,3}\d+[A-Za-z]{0,2}")
"""Letters too few to name anybody, with digits or without: ``EUR``, ``no``, ``A1``, ``q3``."""

WORDS = frozenset(
    (
        "absent academic accept accepted access account accounts accrued ach acquired action activated active actual "
        "add added adjusted adjustment admin adult adults advance advanced after air aisle alert all allocated "
        "allowed alpha alternate always amber amended amex android annual annually any api app appeal applepay "
        "application applied appointment approve approved april archive archived area arrived art article asia asked "
        "assessed asset assigned at attempt attended auction audio audit august australia auth auto automatic autumn "
        "available average awaiting away baby back bad balance bank bar base basic batch bed before beige beta "
        "bicycle big bike bill billed billing black blank blocked blue board boarded boat body bonus book booked "
        "booking both bottom bounced box boy branch brand breakfast bronze brown browser build building bus business "
        "busy button buy by cabin cable call called campaign cancel canceled cancelled capital car card cargo cart "
        "case cash central change changed channel charge chargeback charged charter cheap check checked checkin "
        "checkout cheque child children choice chrome city claim claimed class classic clean clear click clicked "
        "client close closed closing cloud cod code codeshare coffee cold collected comment commercial commission "
        "common company complete completed condo confirmed consumer contact contract contractor control convert "
        "converted corporate corrected cost country county coupon create created credit critical current custom "
        "customer daily damaged dark data date day days dead deal debit debug december declined default defect "
        "deferred delayed delete deleted delivered delivery demo denied departed department deposit desktop detached "
        "dev device diesel digital dinner direct director disabled discount dismissed dispatched display disputed "
        "district diverted divorced doc domestic done door double down draft drink drop dropped dry due duplex "
        "duplicate early east easy economy edit edited education electric electronics elite email emergency employed "
        "empty enabled end ended energy engaged english enter enterprise entry equal error escalated estimate euro "
        "europe evening event every exact excellent exchange executed existing expense expired expires express "
        "external extra facebook fail failed failure fair false family fast fatal fax february fee feedback female "
        "ferry field file filled final finance finished firefox first fixed flag flat flown food forward fragile free "
        "freight frequent friday friend fruit fuel full function furniture future gas gate general gift girl global "
        "gluten gold good goods google googlepay government grade gray green grey grocery gross ground group guest "
        "guide halal half hard hardware health heavy held help hidden high higher highest historic hold home hot "
        "hotel hour hourly house hub hybrid hydrogen idle ignored image import imported in inactive inbound include "
        "included income incomplete index individual industry infant info information initial inner inprogress input "
        "inspected install installed insurance intern internal international internet invalid inventory invited "
        "invoice invoiced ios issue issued item january job joint july june junior key kids kiosk kitchen klarna "
        "known kosher lab landed landing laptop large last late lead leave left legal less level light limited line "
        "link linux list listed live load loaded loan local locked log login logout long loss lost low lowcost lower "
        "lowest loyal loyalty lunch machine macos maestro mail main maintenance major male manager manual manually "
        "map march mark market marketing married master mastercard match matched may meal meat media medical medium "
        "member merchant merged message metal metered metro middle minor misc miscellaneous missed missing mobile "
        "model modified monday money month monthly morning mortgage motor moved movie multi music mute muted name "
        "national natural net network neutral never new news next night no noise none normal north noshow not note "
        "notice notified notify november now nul null number october off offer office offline oil ok old on once one "
        "ongoing onhold online only open opened operation operations operator option optional orange order ordered "
        "organic origin other out outbound outer outlet output over overdue overnight owned owner package packed page "
        "paid paper parcel parent parked parking part partial partially partner passed passenger passive past pause "
        "paused pay payable payment payments paypal payroll peak pending pension per percent perfect permanent person "
        "personal pet petrol phone physical pick picked picking pickup pilot pink placed plan plane planned plastic "
        "platform platinum plus point pool poor popular post posted power premium prepaid present preview previous "
        "price primary print printed priority private pro process processed processing produced product production "
        "professional profile progress project promo promotion proposed protected provider province public published "
        "pull purchase purchased purple push quality quarter quarterly query question queue queued quick quote quoted "
        "rail random rare rate rated ready real reason rebooked received recent record recorded recovered recurring "
        "red reduced refer referral referred refund refunded region regional register registered regular reject "
        "rejected released remote removed renew renewal renewed rent rented repair repeat replaced reply report "
        "reported request requested required reserve reserved reset residential resolved restricted result retail "
        "retired retry return returned review reviewed revised revoked right risk road role room round runway rural "
        "safari safe sale sales sample saturday saved savings scheduled school scooter score search season second "
        "secondary secure security seen select selected self sell senior sent sepa september server service session "
        "set settled settlement setup severe shared ship shipped shipping shop short side sign signed silver simple "
        "single skipped sleep slow small smart sms snow social soft software solar sold solid some south spam special "
        "split sport spouse spring staff stage staging standard standby start started state static station status "
        "step stock stopped storage store stored strong student studio sub submitted suburban success successful "
        "suite summer sunday supplier support suspended switch system table tablet tag taken target task tax taxi "
        "team technical temp temporary tenant terminal test tested text third thursday ticket tier time title to "
        "today top total tour toys track trade traffic train training tram transfer transferred transit travel trial "
        "triple truck true tuesday twin two type unassigned uncategorised uncategorized undefined under unique unit "
        "unknown unlimited unpaid unread unsent unspecified until unused unverified up update updated upgrade "
        "upgraded upload upper urban urgent url used user vacant valid value van variable various vegan vegetarian "
        "vehicle vendor verified version very vessel video view viewed vip virtual visa visit visitor void voided "
        "volume voucher waiting waived walk warehouse warm warning water web website wednesday week weekday weekend "
        "weekly west wet white whole wholesale wide wifi wind window windows winter wire with withdrawal withdrawn "
        "woman won wood work workday worker working worn worst written wrong year yearly yellow yes yesterday yet "
        "young zero zone"
    ).split()
)
"""Words that columns of codes are made of. What is in no such list may be somebody's name, in lower case too."""


def codes_of(counts: Counter[str], named: bool) -> frozenset[str]:
    """The values that repeat, where nearly all do and are codes.

    Parameters
    ----------
    counts:
        How often each value was seen.
    named:
        Whether the column's name says that it holds codes; then they need not be words or marks that codes are known
        to be made of.
    """
    cells = counts.total()
    codes = frozenset(value for value, count in counts.items() if count >= _SEEN)
    if cells < max(_REPEATED, 2 * len(counts)) or not 0 < len(codes) <= CODES:
        return frozenset()
    if sum(counts[code] for code in codes) < _NEARLY_ALL * cells:
        return frozenset()
    if any(len(code) > CODE_LENGTH or _LONG_RUN.search(code) for code in codes):
        return frozenset()
    return codes if named or all(_is_code(code) for code in codes) else frozenset()


def _is_code(value: str) -> bool:
    if not _CODE.fullmatch(value):
        return False
    return all(_MARK.fullmatch(part) or part.lower() in WORDS for part in _PARTS.split(value) if part)
