"""What people type: each way to write a question finds the same passage first."""

import pytest

FEE = "would charge the United States a fee"
DETAINED = "More than 84,000 people have been detained, about 1.7% of the population"
DIED = "more than 300 people who died in custody"
AGE = "a landslide re-election at the age of 43"
BOATS = "donated two patrol boats in 2023"
PROTECTED = "About 232,000 Salvadorans in the United States are shielded from deportation"
CITIZENS = "American citizens cannot be deported"
TRIDENT = "Task Force Trident"


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        # names with a letter too many, too few, another one, or two in the wrong order
        ("How old was Bukelle at his re-election?", AGE),
        ("What fee does El Salvadro charge?", FEE),
        ("What is Task Force Tridant?", TRIDENT),
        ("How many patroll boats were donated?", BOATS),
        ("Can American citizens be deportd?", CITIZENS),
        # without accents and apostrophes, or with wrong ones
        ("What fee does Él Salvador chargé?", FEE),
        ("how old was bukele at his reelection", AGE),
        ("What is Bukele’s age at re-election?", AGE),
        # other endings
        ("Does El Salvador charges fees?", FEE),
        ("Which boat was being donated for patrolling?", BOATS),
        ("Did Hegseth commending the campaigns?", "Hegseth commended the campaign"),
        # numbers
        ("Who are the 84000 people?", DETAINED),
        ("Who makes up 1.7 percent of the population?", DETAINED),
        ("1.7 per cent of the population", DETAINED),
        ("What happened to 232000 Salvadorans?", PROTECTED),
        # abbreviations
        ("What fee would be charged to the US?", FEE),
        ("What fee does the U.S.A. pay to El Salvador?", FEE),
        # in capitals
        ("WHAT FEE DOES EL SALVADOR CHARGE?", FEE),
        ("HOW OLD WAS BUKELE AT HIS RE-ELECTION", AGE),
        ("CAN AMERICAN CITIZENS BE DEPORTED?", CITIZENS),
        # keywords without a verb
        ("fee prison system", FEE),
        ("bukele age re-election", AGE),
        ("deaths in custody", DIED),
        ("patrol boats 2023", BOATS),
    ],
)
def test_the_right_passage_is_first_however_the_question_is_written(server, question, quote):
    body = {"question": question, "answer": "none"}

    first = server.client.post("/v1/ask", json=body).json()["passages"][0]

    assert quote in first["text"]
