"""Public forms of addresses, and texts without secrets: by form, and by value."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

import pytest

from exports.ckan.errors import PortalRefused
from exports.credentials import hides_values, looks_random, public_address, remember_secrets, suffix_of, without_secrets
from tests.conftest import HANGS

ADDRESSES = {
    "https://reader:w0rd@data.example.org/a/b.csv": "https://data.example.org/a/b.csv",
    "https://reader:w%40rd@data.example.org:8443/b.csv": "https://data.example.org:8443/b.csv",
    "https://onlyatoken@data.example.org/b.csv": "https://data.example.org/b.csv",
    "https://reader:w/rd?x#y@data.example.org/b.csv": "https://data.example.org/b.csv",
    "https://data.example.org/b.csv?token=t1&id=3": "https://data.example.org/b.csv?token=…&id=…",
    "https://data.example.org/b.csv?sp=r&se=2026-01-01&sig=a%2Bb%3D": "https://data.example.org/b.csv?sp=…&se=…&sig=…",
    "https://data.example.org/b.csv?X-Amz-Credential=AK/1/s3&X-Amz-Signature=f00": "https://data.example.org/b.csv?X-Amz-Credential=…&X-Amz-Signature=…",
    "https://data.example.org/b.csv?t0ken": "https://data.example.org/b.csv?…",
    "https://data.example.org/b.csv?dG9rZW4=": "https://data.example.org/b.csv?…",
    "https://data.example.org/b.csv?a9b8c7d6e5f4g3h2=1": "https://data.example.org/b.csv?…",
    "https://data.example.org/b.csv#access_token=t1": "https://data.example.org/b.csv#access_token=…",
    "https://data.example.org/x;jsessionid=A1B2/b.csv": "https://data.example.org/x;jsessionid=…/b.csv",
    "https://data.example.org/get?file=plan.docx&token=t": "https://data.example.org/get?file=….docx&token=…",
    "https://data.example.org/get?next=https://u:w0rd@other.example.org/?t=1": "https://data.example.org/get?next=…",
    "s3://AKID:s3cret@bucket/k.csv?versionId=7": "s3://bucket/k.csv?versionId=…",
    "simplecache::https://u:w0rd@data.example.org/b.csv?t=1": "simplecache::https://data.example.org/b.csv?t=…",
    "zip://in.csv::https://u:w0rd@data.example.org/b.zip?t=1": "zip://in.csv::https://data.example.org/b.zip?t=…",
    "tcp://u:w0rd@10.0.0.5:8786": "tcp://10.0.0.5:8786",
    "plans/b.csv?token=t1": "plans/b.csv?token=…",
    "plans/b.csv?类别=预算&token=t1": "plans/b.csv?类别=…&token=…",
}
UNTOUCHED = (
    "https://data.example.org:8080/a@b/c.csv",
    "https://[::1]:8080/a@b.csv",
    "file:///srv/a.csv",
    "plans/2026/要点#1.docx",
    "plans/政务公开是什么?.docx",
    "plans/什么是公开?如何申请.docx",
    "plans/a=b;c.txt",
)


@pytest.mark.parametrize(("address", "public"), ADDRESSES.items())
def test_a_public_address_has_no_credentials_or_query_values(address: str, public: str) -> None:
    assert public_address(address) == public
    assert public_address(public) == public


@pytest.mark.parametrize("address", UNTOUCHED)
def test_an_address_without_secrets_is_unchanged(address: str) -> None:
    assert public_address(address) == address


def test_the_ending_of_a_file_is_found_beside_a_query_and_within_it() -> None:
    addresses = (
        "plans/b.CSV",
        "plans/b.csv?token=…",
        "plans/b.csv?token=… (2)",
        "plans/get?file=….docx&t=…",
        "plans/get.jsp?file=….xlsx",
        "plans/what?.doc",
    )
    assert [suffix_of(address) for address in addresses] == [".csv", ".csv", ".csv", ".docx", ".xlsx", ".doc"]
    assert [hides_values(address) for address in addresses] == [False, True, True, True, True, False]


SECRET = "hush-Hush9"
TEXTS = (
    "Max retries exceeded with url: /api/3/action/x?a=1&ticket={} (Caused by …)",
    "403, message='Forbidden', url='https://u:{}@data.example.org/x?t={}'",
    "无法访问https://data.example.org/x?令牌={}，请检查",
    "Authorization: Basic {}",
    "headers {{'authorization': 'Bearer {}', 'accept': '*/*'}}",
    "X-CKAN-API-Key: {}",
    '{{"access_token": "{}"}}',
    "password={} host=db",
    "aws_secret_access_key = {}",
    "密码：{} 已过期",
    "530 login of u:{}@ftp.example.org:21 failed",
    "AccountKey={};EndpointSuffix=core.example.org",
    "Cookie: session={}; other={}",
)


@pytest.mark.parametrize("text", TEXTS)
def test_text_that_looks_like_a_secret_is_hidden_even_if_unknown(text: str) -> None:
    said = without_secrets(text.replace("{{", "{").replace("}}", "}").replace("{}", SECRET))
    assert SECRET not in said
    assert without_secrets(said) == said


@pytest.mark.parametrize(
    "words",
    [
        "gongkai.yaml: portal.token: found an unknown key; expected none",
        "portal https://data.example.org: found no CKAN_API_TOKEN in the environment; expected an API token. Make one.",
        "plans/2026/a.docx: 12 tasks, key: 3 columns",
        "disclosures: sort by key = value pairs",
        "已读取 12:30，共 3 个文件",
    ],
)
def test_plain_words_stay_as_they_are(words: str) -> None:
    assert without_secrets(words) == words


@pytest.mark.parametrize("secret", ["plainwords", "p@ss wörd/9", "+a/b==c", "密语密语密语"])
def test_a_known_secret_is_hidden_in_every_place_and_encoding(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTY_API_TOKEN", secret)
    for form in (secret, quote(secret, safe=""), b64encode(secret.encode()).decode()):
        assert form not in without_secrets(f"the portal says <{form}> is no good")


def test_secrets_of_settings_and_of_addresses_in_the_environment_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    remember_secrets(
        {"sources": [{"location": ["https://u:fromsettings@h.example.org/x?signature=alsothis&page=12"]}], "odd": {"api_key": "ofakey9"}}
    )
    monkeypatch.setenv("SOME_PROXY", "http://u:ofaproxy@10.0.0.1:3128")
    basic = b64encode(b"u:fromsettings").decode()
    said = without_secrets(f"fromsettings alsothis page 12 ofakey9 ofaproxy {basic}")
    assert said == "… … page 12 … … …"


def test_an_ordinary_name_is_not_taken_for_one_drawn_at_random() -> None:
    names = ("disclosures-2026-10", "gongkai_county_510904", "plan20261031", "8f14e45fceea167a5a36dedd4bea2543")
    assert [looks_random(name) for name in names] == [False, False, False, True]


def test_an_error_of_the_portal_holds_no_secret_from_the_start() -> None:
    error = PortalRefused("sends on to https://u:hushhush@data.example.org/login?ticket=hushhush")
    assert "hushhush" not in f"{error!r} {error.args}"


@pytest.mark.timeout(HANGS)
@pytest.mark.parametrize("text", ["a:" * 5000, "a" * 20000 + ":", "http://" * 3000, "token" * 4000, "a@b:c@" * 3000, "x?a=" * 5000])
def test_long_words_of_any_form_are_looked_through_in_a_moment(text: str) -> None:
    assert without_secrets(text)
