"""A made-up CRM export of 30 columns in ten languages, and what each column holds; nobody in it exists.

python benchmarks/inventory/table.py OUT.csv ROWS [SEED]
"""

from __future__ import annotations

import csv
import random
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """One language's names, streets, towns and numbers; `#` stands for a digit."""

    country: str
    first: tuple[str, ...]
    last: tuple[str, ...]
    street: str
    towns: tuple[str, ...]
    postcode: str
    phone: str
    iban: str
    notes: tuple[str, ...]


def _place(country: str, first: str, last: str, street: str, towns: str, codes: str, notes: str) -> Place:
    postcode, phone, iban = codes.split("|")
    return Place(
        country, tuple(first.split()), tuple(last.split()), street, tuple(towns.split(",")), postcode, phone, iban,
        tuple(notes.split("|")),
    )  # fmt: skip


PLACES = (
    _place("US", "Olivia Noah Emma Liam Ava Mason Sophia Ethan Grace Henry", "Miller Baker Carter Reed Hughes Foster Bennett Price Hayes Coleman", "{n} {l} Street", "Springfield,Riverton,Lakewood,Fairview", "#####|(###) ###-####|", "Called {p} on {t}, will send the contract to {e}.|{p} asked to update the delivery address to {a}.|No answer. Left voicemail.|Requested quote for {q} units."),
    _place("GB", "Amelia Oliver Isla Jack Poppy Harry Freya Alfie Ruby Oscar", "Thompson Walker Wright Turner Cooper Ward Bailey Bell Shaw Palmer", "{n} {l} Road", "Leeds,Exeter,Derby,Norwich", "LS# #AB|+44 20 7### ####|GB", "Met {p} at the fair, follow up next week.|{p} moved house; new mobile {t}.|Customer complained about the invoice and wants a call back."),
    _place("DE", "Lukas Anna Jonas Lena Felix Marie Paul Clara Max Greta", "Schneider Fischer Weber Wagner Becker Hoffmann Koch Richter Klein Wolf", "{l}straße {n}", "Köln,Mainz,Kassel,Bremen", "#####|+49 30 #######|DE", "Mit {p} telefoniert ({t}), Angebot an {e} geschickt.|Kunde bittet um Rückruf am nächsten Montag.|Neue IBAN {i}, bestätigt von {p}."),
    _place("FR", "Louise Gabriel Alice Hugo Chloé Arthur Inès Jules Manon Léo", "Martin Bernard Dubois Moreau Laurent Simon Michel Lefebvre Roux Fournier", "{n} rue {l}", "Lyon,Nantes,Dijon,Rennes", "#####|+33 1 42 ## ## ##|FR", "Appel avec {p} au {t}, envoyer le devis à {e}.|Relance prévue pour la semaine prochaine.|IBAN modifié : {i} (demande de {p})."),
    _place("ES", "Lucía Hugo Sofía Martín Paula Daniel Carla Pablo Irene Javier", "García Fernández López Sánchez Romero Navarro Torres Vega Ramos Molina", "Calle {l} {n}", "Sevilla,Bilbao,Murcia,Toledo", "#####|+34 91# ## ## ##|ES", "Llamada con {p} ({t}), enviar contrato a {e}.|Cambiar dirección a {a}.|Pendiente de respuesta del cliente."),
    _place("IT", "Giulia Marco Sofia Luca Chiara Matteo Elena Davide Sara Andrea", "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Greco Conti", "Via {l} {n}", "Milano,Torino,Verona,Parma", "#####|+39 06 #### ####|IT", "Sentito {p} al {t}, inviare offerta a {e}.|Nessuna risposta da parte del cliente.|IBAN aggiornato {i} da {p}."),
    _place("NL", "Emma Daan Julia Sem Tess Lucas Sara Milan Lotte Bram", "Jansen Bakker Visser Smit Meijer Mulder Bos Vos Peters Hendriks", "{l}weg {n}", "Utrecht,Delft,Breda,Zwolle", "#### AB|+31 20 ### ####|NL", "Gebeld met {p} op {t}, offerte naar {e}.|Adres gewijzigd in {a}.|Geen gehoor, morgen opnieuw proberen."),
    _place("BR", "Alice Miguel Laura Arthur Júlia Davi Beatriz Bernardo Isabela Rafael", "Silva Santos Oliveira Souza Pereira Costa Almeida Ribeiro Carvalho Gomes", "Rua {l} {n}", "Recife,Curitiba,Santos,Olinda", "#####-###|+55 11 9####-####|", "Ligação com {p} no {t}, enviar proposta para {e}.|Sem resposta até agora do cliente."),
    _place("PL", "Zofia Jan Julia Antoni Maja Jakub Lena Szymon Hanna Piotr", "Nowak Kowalczyk Wójcik Lewandowski Zielinski Mazur Krawczyk Dudek Wrona Pawlak", "ul. {l} {n}", "Lublin,Opole,Torun,Radom", "##-###|+48 22 ### ## ##|PL", "Rozmowa z {p}, tel. {t}, oferta na {e}.|Brak odpowiedzi od klienta w tej sprawie."),
    _place("SE", "Alma Lucas Elsa Oscar Maja Elias Ebba Hugo Astrid Nils", "Andersson Lindberg Nyström Bergman Lund Holm Ekström Sjöberg Forsberg Dahl", "{l}gatan {n}", "Lund,Malmö,Gävle,Umeå", "### ##|+46 8 ### ### ##|SE", "Ringde {p} på {t}, skicka offert till {e}.|Ny adress: {a}.|Inget svar från kunden den här veckan."),
)  # fmt: skip
JOBS = ("Accountant", "Sales manager", "Nurse", "Software engineer", "Teacher", "Electrician", "Buyer", "Architect")
PRODUCTS = ("Office Chair", "Laser Printer", "Cloud Seat", "Desk Lamp", "Router X200", "Maintenance Plan", "USB Hub")
# Column, the category it holds (empty: nothing personal; `?` before it: either answer is right).
COLUMNS = (
    ("id", ""), ("account_uuid", ""), ("first_name", "identity.name"), ("surname", "identity.name"),
    ("field_7", "contact.email"), ("phone", "contact.phone"), ("misc", "contact.phone"),
    ("street", "contact.postal_address"), ("city", "location."), ("postcode", "contact.postal_code"),
    ("country", "?location."), ("dob", "demographic.date_of_birth"), ("c12", "demographic.date_of_birth"),
    ("iban", "financial.bank_account"), ("ref", "financial.card_pan"), ("nat_id", "government_id."),
    ("last_ip", "device.ip"), ("job", "?professional."), ("company", "?business_id."), ("notes", "communication."),
    ("amount", ""), ("email", "?privacy."), ("created_at", ""), ("is_active", ""), ("attr3", "identity.name"),
    ("status", ""), ("phone_ext_type", ""), ("quantity", ""), ("product_name", ""), ("order_no", ""),
)  # fmt: skip


def rows(count: int, seed: int = 1) -> Iterator[list[str]]:
    """The rows of the table, the same for the same seed."""
    draw = random.Random(seed)
    digits = lambda form: "".join(str(draw.randint(2, 9)) if c == "#" else c for c in form)  # noqa: E731
    day = lambda first, last: date(first, 1, 1) + timedelta(draw.randrange((last - first) * 365))  # noqa: E731
    for number in range(count):
        place = PLACES[number % len(PLACES)]
        first, last = draw.choice(place.first), draw.choice(place.last)
        mail = f"{first}.{last}{draw.randint(1, 999)}@{draw.choice(('mail', 'post', 'web'))}.example.org".lower()
        phone, second = digits(place.phone), digits(place.phone)
        street = place.street.format(l=draw.choice(place.last), n=draw.randint(1, 250))
        iban = _iban(place.iban, draw) if place.iban else ""
        said = {"p": f"{first} {last}", "t": phone, "e": mail, "a": street, "i": iban, "q": draw.randint(2, 400)}
        born, also, made = day(1935, 2007), day(1935, 2007), day(2024, 2025)
        product = draw.choice(PRODUCTS)
        clock = f"{draw.randrange(24):02}:{draw.randrange(60):02}:{draw.randrange(60):02}"
        whole = f"{last}, {first}" if draw.random() < 0.5 else f"{draw.choice(place.first)} {draw.choice(place.last)}"
        yield [
            str(number + 1), str(uuid.UUID(int=draw.getrandbits(128), version=4)), first, last, mail, phone,
            second if draw.random() < 0.7 else "", street, draw.choice(place.towns), digits(place.postcode),
            place.country, born.isoformat(), also.strftime("%d.%m.%Y"), iban, _card(draw), _national(born, draw),
            ".".join(str(draw.randint(11, 223)) for _ in range(4)), draw.choice(JOBS),
            f"{draw.choice(place.last)} {draw.choice(('Ltd', 'GmbH', 'SA', 'BV', 'AB'))}",
            draw.choice(place.notes).format(**said), f"{draw.uniform(1, 9999):.2f}", draw.choice(("yes", "no")),
            f"{made} {clock}", draw.choice(("true", "false")), whole, draw.choice(("new", "open", "won", "lost")),
            draw.choice(("mobile", "office", "home")), str(draw.randint(1, 999)),
            f"{product} {draw.choice('SML')}", f"SO-{draw.randrange(10**7):07}",
        ]  # fmt: skip


def _iban(country: str, draw: random.Random) -> str:
    body = "".join(str(draw.randint(0, 9)) for _ in range({"GB": 0, "NL": 0}.get(country, 18)))
    body = body or draw.choice(("ABNA", "INGB", "BARC")) + "".join(str(draw.randint(0, 9)) for _ in range(14))
    body = body[:14] if country == "NL" else body
    number = int("".join(str(int(c, 36)) for c in f"{body}{country}00"))
    return f"{country}{98 - number % 97:02}{body}"


def _card(draw: random.Random) -> str:
    digits = [4, *(draw.randint(0, 9) for _ in range(14))]
    total = sum(d if i % 2 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(digits))
    return "".join(map(str, digits)) + str(-total % 10)


def _national(born: date, draw: random.Random) -> str:
    """A Belgian or Brazilian number with its check digits, or a number of the American form."""
    kind = draw.randrange(3)
    if kind == 0:
        body = f"{born:%y%m%d}{draw.randint(1, 997):03}"
        return f"{body}{97 - int(body if born.year < 2000 else '2' + body) % 97:02}"
    if kind == 1:
        body = [draw.randint(0, 9) for _ in range(9)]
        for length in (9, 10):
            rest = sum(d * w for d, w in zip(body, range(length + 1, 1, -1), strict=True)) * 10 % 11
            body.append(rest % 10)
        return "".join(map(str, body))
    return f"{draw.randint(100, 665)}-{draw.randint(10, 99)}-{draw.randint(1000, 9999)}"


def write(path: Path, count: int, seed: int = 1) -> None:
    """Write the table as CSV."""
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow([name for name, _ in COLUMNS])
        writer.writerows(rows(count, seed))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
