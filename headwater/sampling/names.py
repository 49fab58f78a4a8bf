"""Names of people, streets and words: to know a name when one is seen, and to make up others.

The most frequent given names and surnames of public registers, lower case for knowing; enough to see that a column
holds names, since not every name must be known for that.
"""

from __future__ import annotations

GIVEN = tuple(
    (
        "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan "
        "Joseph Jessica Thomas Sarah Charles Karen Christopher Lisa Daniel Nancy Matthew Betty Anthony Margaret "
        "Mark Sandra Donald Ashley Steven Kimberly Paul Emily Andrew Donna Joshua Michelle Kenneth Carol Kevin "
        "Amanda Brian Dorothy George Melissa Edward Deborah Ronald Stephanie Timothy Rebecca Jason Sharon Jeffrey "
        "Laura Ryan Cynthia Jacob Kathleen Gary Amy Nicholas Angela Eric Shirley Jonathan Anna Stephen Brenda "
        "Larry Pamela Justin Emma Scott Nicole Brandon Helen Benjamin Samantha Samuel Katherine Gregory Christine "
        "Frank Rachel Alexander Carolyn Raymond Janet Patrick Catherine Jack Maria Dennis Heather Jerry Diane "
        "Tyler Ruth Aaron Julie Jose Olivia Adam Joyce Henry Virginia Nathan Victoria Douglas Kelly Zachary "
        "Lauren Peter Christina Kyle Joan Walter Evelyn Ethan Sofia Liam Noah Lukas Leon Finn Jonas Felix Max "
        "Paula Mia Hannah Lena Marie Clara Pierre Camille Louis Chloe Giulia Luca Marco Francesca Carlos Carmen "
        "Miguel Lucia Wei Li Ming Yuki Hiro Aisha Omar Fatima Ali Priya Raj Ines Anders Ingrid Lars Astrid Piotr "
        "Agnieszka Ivan Olga Elena Dmitri"
    ).split()
)

FAMILY = tuple(
    (
        "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez "
        "Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez "
        "Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker "
        "Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards "
        "Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey "
        "Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez Wood Bennett Gray Mendoza Ruiz "
        "Hughes Price Alvarez Castillo Sanders Patel Myers Long Ross Foster Jimenez Mueller Schmidt Schneider "
        "Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein Wolf Dubois Bernard Moreau "
        "Laurent Rossi Russo Ferrari Bianchi Romano Silva Santos Costa Wang Zhang Liu Chen Yang Tanaka Suzuki "
        "Sato Singh Kumar Khan Ahmed Hassan Ivanov Petrov Kowalski Nowak Jensen Nielsen Hansen Larsen Johansson"
    ).split()
)

STREETS = tuple(
    "Alder Birch Cedar Dogwood Elm Fir Grove Hazel Juniper Larch Maple Oak Pine Rowan Spruce Willow".split()
)

WORDS = tuple(
    (
        "area bridge canal delta field forest garden harbor island lake meadow morning path plain river road "
        "shore stone stream summit tower valley village water winter and at by for from in near of on over the to "
        "under with"
    ).split()
)
"""Words that stand for words of a free text, none of which can be read back."""

GIVEN_KNOWN = frozenset(name.lower() for name in GIVEN)
FAMILY_KNOWN = frozenset(name.lower() for name in FAMILY)

ORDINARY = frozenset(
    ("mark max price long green white brown gray young king hill hall ward wood reed rose will cook cross").split()
)
"""Names that are words as well: the field ``max`` of a document is nobody."""


def looks_like_name(text: str) -> bool:
    """Whether `text` is one to four capitalised words of which one is a known given name or surname."""
    words = text.replace(",", " ").replace(".", " ").split()
    if not 1 <= len(words) <= 4 or not all(word[0].isalpha() for word in words):
        return False
    return any(word.lower() in GIVEN_KNOWN or word.lower() in FAMILY_KNOWN for word in words)


def names_someone(text: str) -> bool:
    """Whether a given name and, right after it, another capitalised word stand in `text`."""
    words = text.split()
    pairs = zip(words, words[1:], strict=False)
    return any(
        first.strip(",.:;").lower() in GIVEN_KNOWN and first[0].isupper() and second[:1].isupper()
        for first, second in pairs
    )
