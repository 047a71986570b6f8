"""Files that are no settlements are told what they look like, and where the right one is."""

import pytest

from services.core.settlement_file import BrokenSettlement, NotASettlement
from tests.core.settlement_text import V2, line, read, summary, table

DATE_RANGE = (
    '"Includes Amazon Marketplace, Fulfillment by Amazon (FBA), and Amazon Webstore transactions"\n'
    '"date/time","settlement id","type","order id","sku","description","quantity","marketplace","total"\n'
    '"1 May 2026 00:01:02 UTC","26881161592","Order","206-1","SKU","Tea","1","amazon.co.uk","12.00"\n'
)

# In any language: lines of text, then a table.
BELOW_TEXT = (
    '"Amazon の取引が含まれます"\n"すべての金額は JPY"\n'
    + "\n".join(",".join(f'"欄{number}"' for number in range(26)) for _ in range(2))
    + "\n"
)


@pytest.mark.parametrize(
    ("content", "looks_like"),
    [
        (b"", "The file is empty"),
        (b"\n \n", "The file is empty"),
        (b"\xef\xbb\xbf", "The file is empty"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", "an Excel workbook"),
        (b"PK\x03\x04\x14\x00\x00\x00settlement.txt", "a ZIP archive"),
        (b"PK\x03\x04\x14\x00\x00\x08mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument"),
        (b"Rar!\x1a\x07\x01\x00", "a RAR archive"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "a 7-Zip archive"),
        (b"\x1f\x8b\x08\x00\x00", "a compressed file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture, program or other binary file"),
        (b'<?xml version="1.0"?><AmazonEnvelope>', "an XML settlement report"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (DATE_RANGE.encode(), "a Date Range report"),
        (b'"Datum/Uhrzeit","Abrechnungsnummer","Typ","Bestellnummer"\n', "a Date Range report"),
        ('"date/heure","numéro de versement","type"\n'.encode("cp1252"), "a Date Range report"),
        (b'"Data/Ora:","Numero pagamento","Tipo"\n', "a Date Range report"),
        (b'"fecha y hora","identificador de pago","tipo"\n', "a Date Range report"),
        (b'"Date","Transaction Status","Order ID","Product Details","Total product charges"\n', "a Transaction report"),
        (b"amazon-order-id\tmerchant-order-id\tpurchase-date\n206-1\t206-1\t2026-05-12\n", "an orders report"),
        (table(summary("1.00")).replace("\t", ",").encode(), "saved again as CSV"),
        (table(summary("1.00")).replace("\t", ";").encode(), "saved again as CSV"),
        (('"' + table(summary("1.00")).replace("\t", '","').replace("\n", '"\n"')).encode(), "saved again as CSV"),
        (table(summary("1.00")).replace("\t", ",").encode("utf-8-sig"), "saved again as CSV"),
        (DATE_RANGE.encode("utf-16"), "a Date Range report"),
        ('"日付/時間","決済番号","トランザクションの種類"\n'.encode(), "a Date Range report"),
        (b'"datum/tid","reglerings-id","typ"\n', "a Date Range report"),
        (b'"datum/tijd","schikkings-ID","type"\n', "a Date Range report"),
        (b'"data/godzina","identyfikator rozliczenia","typ"\n', "a Date Range report"),
        ('"fecha/hora","Id. de liquidaci\u00f3n","tipo"\n'.encode(), "a Date Range report"),
        (BELOW_TEXT.encode("cp932"), "a Date Range report"),
        (BELOW_TEXT.replace(",", ";").encode("utf-8-sig"), "a Date Range report"),
        (b"may.txt".ljust(257, b"\0") + b"ustar\x0000".ljust(255, b"\0"), "a TAR archive (unpack it first)"),
    ],
)
def test_it_says_what_the_file_looks_like_and_where_to_get_the_right_one(content, looks_like):
    with pytest.raises(NotASettlement) as refused:
        read(content)
    assert looks_like in refused.value.message
    assert ". In Seller Central, open Payments → All statements" in refused.value.message


@pytest.mark.parametrize("content", [b"hello\n", b"a\tb\tc\n1\t2\t3\n", "日本語\n".encode("cp932"), b"\xff" * 50])
def test_a_file_that_looks_like_nothing_we_know_is_refused_all_the_same(content):
    with pytest.raises(NotASettlement, match="does not know this kind of file"):
        read(content)


def test_a_settlement_report_without_its_amount_columns_is_broken_not_foreign():
    with pytest.raises(BrokenSettlement, match="columns that hold its amounts are missing"):
        read(table(summary("1.00"), columns=[column for column in V2 if column != "amount"]))


def test_words_of_other_reports_inside_a_settlement_do_not_turn_it_away():
    hostile = line("Order/ItemPrice/Principal", "1.00", sku="<html> date/time settlement id type")
    (settlement,) = read(table(summary("1.00"), hostile))
    assert settlement.total == 100


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_settlement_report_in_another_form_is_not_said_to_be_none(separator):
    """“Looks like a settlement report …, not a settlement report” would tell nobody anything."""
    with pytest.raises(NotASettlement) as refused:
        read(table(summary("1.00")).replace("\t", separator))
    assert "which is not what TrueBooks reads" in refused.value.message
    assert "not a settlement report" not in refused.value.message
