"""What is sent compressed."""

import gzip


def test_a_refused_form_comes_compressed_and_stays_refused(app):
    answer = app.test_client().post("/signup", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (422, "gzip")
    assert b"Enter your email address." in gzip.decompress(answer.data)


def test_who_knows_no_compression_gets_none(app):
    answer = app.test_client().get("/no-such-page")
    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (404, None)
    assert b"</html>" in answer.data
