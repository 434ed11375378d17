"""Identifiers of people and firms of other states, one row each: words near, a form, and the rule that confirms it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import NamedTuple

from dlp.detect.detector import Found, Pattern
from dlp.detect.view import View


class Kind(NamedTuple):
    """One identifier. `rule` is a module of python-stdnum; `form` and `context` are lower-case expressions."""

    entity: str
    rule: str
    form: str
    context: str
    words: tuple[str, ...]
    example: str
    wrong: str


_S = r"[ .-]?"
_KINDS = (
    Kind("ES_NIF", "es.nif", rf"\d{{8}}{_S}[a-z]", r"dni\b|nif\b|documento nacional", ("dni", "nif"), "su DNI 54362315K",
         "su DNI 54362315X"),
    Kind("ES_NIE", "es.nie", rf"[xyz]{_S}\d{{7}}{_S}[a-z]", r"n\.i\.e|nie\b|extranjer", ("nie", "n.i.e", "extranjer"),
         "mi NIE X2482300W",
         "mi NIE X2482300A"),
    Kind("ES_CIF", "es.cif", rf"[a-w]{_S}\d{{7}}{_S}[0-9a-j]", r"cif\b", ("cif",), "el CIF J99216582", "el CIF J99216583"),
    Kind("IT_FISCAL_CODE", "it.codicefiscale",
         r"[a-z]{6}[ ]?[0-9lmnp-v]{2}[a-ehlmprst][0-9lmnp-v]{2}[ ]?[a-z][0-9lmnp-v]{3}[a-z]",
         r"codice fiscale|fiscal code|c\.f\.|cf\b", ("fiscale", "fiscal code", "c.f.", "cf:"),
         "il codice fiscale RCCMNL83S18D969H",
         "il codice fiscale RCCMNL83S18D967H"),
    Kind("IT_VAT_CODE", "it.iva", rf"(?:it)?{_S}\d{{11}}", r"partita iva|p\.? ?iva|vat\b",
         ("partita iva", "p.iva", "p. iva", "piva"), "la partita IVA 00743110157", "la partita IVA 00743110158"),
    Kind("PL_PESEL", "pl.pesel", r"\d{11}", r"pesel", ("pesel",), "mój PESEL 44051401359", "mój PESEL 44051401358"),
    Kind("PL_NIP", "pl.nip", rf"\d{{3}}{_S}\d{{3}}{_S}\d{{2}}{_S}\d{{2}}|\d{{3}}-\d{{2}}-\d{{2}}-\d{{3}}", r"nip\b", ("nip",),
         "firma NIP 856-734-62-15", "firma NIP 856-734-62-16"),
    Kind("PL_REGON", "pl.regon", r"\d{9}(?:\d{5})?", r"regon", ("regon",), "firma REGON 192598184", "firma REGON 192598183"),
    Kind("FI_PERSONAL_IDENTITY_CODE", "fi.hetu", r"\d{6}[-+a-fu-y]\d{3}[0-9a-fhj-npr-y]",
         r"hetu\b|henkil|personal identity|personbeteckning", ("hetu", "henkil", "personal identity", "personbeteckning"),
         "my hetu 131052-308T", "my hetu 131052-308U"),
    Kind("DE_TAX_ID", "de.idnr", rf"\d{{2}}{_S}\d{{3}}{_S}\d{{3}}{_S}\d{{3}}", r"steuer|idnr|tin\b|tax ?id|st-?id",
         ("steuer", "idnr", "tax id"), "meine Steuer-ID 36 574 261 809", "meine Steuer-ID 36 574 261 890"),
    Kind("DE_STNR", "de.stnr", r"\d{2,3}[ /]\d{3}[ /]\d{4,5}|\d{13}", r"steuernummer|st\.? ?-?nr",
         ("steuernummer", "st.-nr", "stnr", "st. nr"), "die Steuernummer 181/815/08155", "die Steuernummer 181/815/08"),
    Kind("DE_VAT", "de.vat", rf"de{_S}\d{{9}}", r"ust|vat\b|umsatzsteuer|mwst",
         ("ust-id", "ust id", "vat de", "vat no", "vat id", "vat:", "umsatzsteuer"), "unsere USt-IdNr DE136695976",
         "unsere USt-IdNr DE136695978"),
    Kind("FR_NIR", "fr.nir", rf"[12]{_S}\d{{2}}{_S}\d{{2}}{_S}\d[0-9ab]{_S}\d{{3}}{_S}\d{{3}}{_S}\d{{2}}",
         r"nir\b|sécu|s.cu|s.curit|insee|num.ro de s", ("nir", "curit", "insee", "n° s", "numéro de s"),
         "le NIR 2 95 10 99 126 111 93", "le NIR 2 95 10 99 126 111 94"),
    Kind("FR_SIREN", "fr.siren", rf"\d{{3}}{_S}\d{{3}}{_S}\d{{3}}", r"siren\b", ("siren",), "société SIREN 552 008 443",
         "société SIREN 552 008 444"),
    Kind("GB_UTR", "gb.utr", rf"\d{{5}}{_S}\d{{5}}k?", r"utr\b|unique taxpayer", ("utr", "unique taxpayer"), "my UTR 1955839661",
         "my UTR 2955839661"),
    Kind("GB_VAT", "gb.vat", rf"gb{_S}\d{{3}}{_S}\d{{4}}{_S}\d{{2}}(?:{_S}\d{{3}})?", r"vat\b",
         ("vat gb", "vat no", "vat num", "vat reg", "vat:"), "our VAT GB 980 7806 84", "our VAT GB 802 3116 74"),
    Kind("NL_BSN", "nl.bsn", rf"\d{{3,4}}{_S}\d{{2}}{_S}\d{{3}}|\d{{9}}", r"bsn\b|burgerservice|sofi",
         ("bsn", "burgerservice", "sofi"), "mijn BSN 111222333", "mijn BSN 111252333"),
    Kind("BE_NN", "be.nn", rf"\d{{2}}{_S}\d{{2}}{_S}\d{{2}}{_S}\d{{3}}{_S}\d{{2}}",
         r"rijksregister|registre national|national number|nrn\b", ("rijksregister", "registre national", "national number"),
         "mijn rijksregisternummer 85.07.30-033 28", "mijn rijksregisternummer 85.07.30-033 29"),
    Kind("PT_NIF", "pt.nif", rf"(?:pt)?\d{{3}}{_S}\d{{3}}{_S}\d{{3}}", r"nif\b|contribuinte", ("nif", "contribuinte"),
         "o contribuinte 501 964 843", "o contribuinte 501 964 842"),
    Kind("AT_SVNR", "at.vnr", rf"\d{{4}}{_S}\d{{6}}", r"svnr|sozialversicherung|sv-nr", ("svnr", "sozialversicherung", "sv-nr"),
         "meine SVNR 1237 010180", "meine SVNR 2237 010180"),
    Kind("SE_PERSONNUMMER", "se.personnummer", r"(?:19|20)?\d{6}[-+]?\d{4}", r"personnummer|personnr|pnr\b",
         ("personnummer", "personnr", "pnr"), "mitt personnummer 880320-0016", "mitt personnummer 880320-0018"),
    Kind("DK_CPR", "dk.cpr", r"\d{6}[- ]?\d{4}", r"cpr\b|personnummer", ("cpr",), "mit CPR 211062-5629", "mit CPR 511062-5629"),
    Kind("NO_FODSELSNUMMER", "no.fodselsnummer", rf"\d{{6}}{_S}\d{{5}}", r"f.dselsnummer|fnr\b|personnummer",
         ("dselsnummer", "fnr"), "mitt fodselsnummer 151086 95088", "mitt fodselsnummer 151086 95077"),
    Kind("CZ_RC", "cz.rc", r"\d{6}/?\d{3,4}", r"rodn. ..slo|rodne cislo|r\.?č|rc\b", ("rodn", "r.č"),
         "moje rodne cislo 710319/2745", "moje rodne cislo 710319/2746"),
    Kind("RO_CNP", "ro.cnp", r"[1-9]\d{12}", r"cnp\b|cod numeric", ("cnp", "cod numeric"), "am CNP 1630615123457",
         "am CNP 1630615123458"),
    Kind("BG_EGN", "bg.egn", r"\d{10}", r"егн\b|egn\b", ("егн", "egn"), "моето ЕГН 7523169263", "моето ЕГН 7523169264"),
    Kind("GR_AMKA", "gr.amka", r"\d{11}", r"amka\b", ("amka",), "my AMKA 01013099997", "my AMKA 01013099999"),
    Kind("IE_PPS", "ie.pps", r"\d{7}[ ]?[a-w][a-iw]?", r"pps|personal public", ("pps", "personal public"), "my PPS 6433435F",
         "my PPS 6433435E"),
    Kind("LT_ASMENS", "lt.asmens", r"[1-6]\d{10}", r"asmens kod", ("asmens",), "mano asmens kodas 33309240064",
         "mano asmens kodas 33309240164"),
    Kind("LV_PK", "lv.pvn", r"\d{6}-?\d{5}", r"personas kods|personas kod|p\.k\.", ("personas kod",),
         "mans personas kods 161175-19997", "mans personas kods 161375-19997"),
    Kind("EE_IK", "ee.ik", r"[1-6]\d{10}", r"isikukood", ("isikukood",), "minu isikukood 36805280109",
         "minu isikukood 36805280108"),
    Kind("HR_OIB", "hr.oib", r"(?:hr)?\d{11}", r"oib\b", ("oib",), "moj OIB 33392005961", "moj OIB 33392005962"),
    Kind("SI_EMSO", "si.emso", r"\d{13}", r"em.o\b|jmbg\b", ("emšo", "emso", "jmbg"), "moj EMSO 0101006500006",
         "moj EMSO 0101006500007"),
    Kind("CH_AHV", "ch.ssn", rf"756{_S}\d{{4}}{_S}\d{{4}}{_S}\d{{2}}", r"ahv|avs\b|sozialversicherung",
         ("ahv", "avs", "sozialversicherung"), "meine AHV 756.9217.0769.85", "meine AHV 756.9217.0769.84"),
    Kind("TR_TCKIMLIK", "tr.tckimlik", r"[1-9]\d{10}", r"t\.?c\.? ?kimlik|kimlik|tckn", ("kimlik", "tckn"),
         "benim TC kimlik 17291716060", "benim TC kimlik 17291716050"),
    Kind("UA_RNTRC", "ua.rntrc", r"\d{10}", r"рнокпп|[иi]пн\b|rnokpp", ("рнокпп", "ипн", "iпн", "rnokpp"),
         "мой РНОКПП 1759013776", "мой РНОКПП 1759013770"),
    Kind("UA_EDRPOU", "ua.edrpou", r"\d{8}", r"едрпоу|.дрпоу|edrpou|окпо укр", ("дрпоу", "edrpou"), "фирма ЕДРПОУ 32855961",
         "фирма ЕДРПОУ 32855968"),
    Kind("BY_UNP", "by.unp", r"\d{9}|[abcehkmавсенкм]{2}\d{7}", r"унп\b|unp\b", ("унп", "unp"), "компания УНП 200988541",
         "компания УНП 200988542"),
    Kind("MD_IDNO", "md.idno", r"\d{13}", r"idno\b|айдино", ("idno",), "firma IDNO 1008600038413", "firma IDNO 1008600038412"),
    Kind("IN_PAN", "in_.pan", r"[a-z]{3}[abcfghljpt][a-z]\d{4}[a-z]", r"pan\b|permanent account",
         ("pan card", "pan no", "pan:", "pan number", "permanent account"), "my PAN: ACUPA7085R", "my PAN: ACUXA7085R"),
    Kind("IN_AADHAAR", "in_.aadhaar", rf"[2-9]\d{{3}}{_S}\d{{4}}{_S}\d{{4}}", r"aadhaar|uidai", ("aadhaar", "uidai"),
         "my Aadhaar 234123412346", "my Aadhaar 234123412347"),
    Kind("AU_TFN", "au.tfn", rf"\d{{3}}{_S}\d{{3}}{_S}\d{{2,3}}", r"tfn\b|tax file", ("tfn", "tax file"), "my TFN 123 456 782",
         "my TFN 123 456 789"),
    Kind("AU_ABN", "au.abn", rf"\d{{2}}{_S}\d{{3}}{_S}\d{{3}}{_S}\d{{3}}", r"abn\b|australian business",
         ("abn", "australian business"), "our ABN 83 914 571 673", "our ABN 99 999 999 999"),
)  # fmt: skip
_REACH = 70
_SHORT = 3


class NationalNumber:
    """An identifier of another state beside its name, confirmed by the state's own check digits as python-stdnum has them."""

    before = 36
    after = 72

    def __init__(self, kind: Kind) -> None:
        self.name = kind.entity.lower()
        self.entity = kind.entity
        # A word this short stands inside many others: "manifest", "Daniel".
        self.words = tuple(word for word in kind.words if len(word) > _SHORT)
        self.anchors = tuple(f"(^|[^0-9a-zа-я]){re.escape(word)}" for word in kind.words if len(word) <= _SHORT)
        self.matches: tuple[str, ...] = (kind.example,)
        self.ignores: tuple[str, ...] = (kind.wrong,)
        self._rule = kind.rule
        self._form = Pattern(rf"(?<![^\W_])(?:{kind.form})(?![^\W_])")
        self._context = Pattern(rf"(?<![^\W_])(?:{kind.context})")

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        word = self._context.search(view.lower, start, end)
        if word is None:
            return
        for match in self._form.finditer(view.lower, start, min(len(view.lower), end + 30)):
            if abs(match.start() - word.end()) <= _REACH or abs(word.start() - match.end()) <= _REACH:
                value = match.group().upper()
                # Imported on a hit only: a scan that meets no such word never pays for the library.
                if import_module(f"stdnum.{self._rule}").is_valid(value):
                    compact = "".join(character for character in value if character.isalnum())
                    yield Found(match.start(), match.end(), compact, 0.9, f"check digits, word near: {word.group()}")


DETECTORS = tuple(NationalNumber(kind) for kind in _KINDS)
