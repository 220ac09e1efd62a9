#include "dialect/form_scanner.hpp"
#include "tests/catch.hpp"
#include "tests/dialect/form_scan.hpp"

#include <vector>

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using outcome = form_scanner::outcome;

namespace {

std::string part(const std::string& disposition, const std::string& content) {
  return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
}

std::string field(const std::string& name, const std::string& value) {
  return part("name=\"" + name + "\"", value);
}

const std::string file =
    "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n"
    "Content-Type: audio/wav\r\n\r\nRIFF\r\n--\r\n--a\r\r\n\r\r\n--\r\n";
const std::string model = field("model", "whisper-1");
const std::string end = "--b--\r\n";

outcome outcome_of(const std::string& body) {
  return scan_form(body).outcome;
}

/// The same however the body is cut in two, and in pieces of every small size.
void check_cuts(const std::string& body, std::string_view boundary = "b") {
  const auto whole = scan_form(body, boundary);
  for (std::size_t size = 1; size < 9; ++size)
    CHECK(scan_form(body, boundary, size) == whole);
  for (std::size_t at = 1; at < body.size(); ++at)
    CHECK(scan_form(body, boundary, body.size(), at) == whole);
}

} // namespace

TEST_CASE("the model is found before, between and behind other parts") {
  for (const std::string& body :
       {model + file + end, file + model + end, file + model + field("n", "2") + end,
        field("models", "x") + field("Model", "y") + field("", "z") + model + end}) {
    CAPTURE(body);
    const auto found = scan_form(body);
    CHECK(found.outcome == outcome::found);
    CHECK(found.model == "whisper-1");
    CHECK(body.substr(found.begin, 9) == "whisper-1");
    check_cuts(body);
  }
}

TEST_CASE("delimiters stand as RFC 2046 allows them") {
  for (const std::string& body :
       {"This is a preamble.\r\n" + model + end, "--bb is no delimiter here? \r\r\n" + model + end,
        "\r\n" + model + end, model + "--b--", model + "--b-- \t", model + "--b--\r\nan epilogue",
        model + end + field("model", "not a part any more") + end,
        "--b \t\r\n" + model.substr(5) + end}) {
    CAPTURE(body);
    const bool good = body.find("--bb") == std::string::npos;
    CHECK(outcome_of(body) == (good ? outcome::found : outcome::malformed));
    check_cuts(body);
  }
}

TEST_CASE("a value may hold what looks like a delimiter at first") {
  for (const std::string value : {"a\r\nb", "a\r\n--", "a\r\n-", "a\r", "\r\n--a", "a\n--b", "a--b",
                                  "--a", "-", "\r\r\r", "\r\n\r\n\r\n-b", "\xC3\xA9"}) {
    CAPTURE(value);
    const auto found = scan_form(file + field("model", value) + end);
    CHECK(found.outcome == outcome::found);
    CHECK(found.model == value);
    check_cuts(file + field("model", value) + end);
  }
}

TEST_CASE("headers of parts stand in many ways") {
  const std::string rest = "\r\n\r\nm\r\n--b--";
  for (const std::string header :
       {"content-disposition:form-data;name=model",
        "CONTENT-DISPOSITION: FORM-DATA; NAME=\"model\"",
        "X-Before: 1\r\nContent-Disposition: form-data; name=\"model\"\r\nContent-Type: text/plain",
        "Content-Disposition: form-data; x=\"\\\"; name=\\\"file\"; name=\"model\""}) {
    CAPTURE(header);
    CHECK(scan_form("--b\r\n" + header + rest).model == "m");
    check_cuts("--b\r\n" + header + rest);
  }
}

TEST_CASE("a form without one good model is refused") {
  const std::string longest(form_scanner::max_name, 'm');
  CHECK(outcome_of(file + end) == outcome::no_model);
  CHECK(outcome_of(end) == outcome::no_model);
  CHECK(outcome_of(field("model", longest) + end) == outcome::found);
  CHECK(outcome_of(field("model", longest + "m") + end) == outcome::not_text);
  CHECK(outcome_of(field("model", longest + "\r\n") + end) == outcome::not_text);
  CHECK(outcome_of(field("model", "") + end) == outcome::not_text);
  CHECK(outcome_of(field("model", "\xC3") + end) == outcome::not_text);
  CHECK(outcome_of(part("name=\"model\"; filename=\"m\"", "x") + end) == outcome::not_text);
  CHECK(outcome_of(part("name=\"model\"; filename*=UTF-8''m", "x") + end) == outcome::not_text);
  CHECK(outcome_of(model + file + model + end) == outcome::twice);
}

TEST_CASE("what is no form with that boundary is malformed, and it says where") {
  struct row {
    std::string body;
    std::size_t at;
  };
  const std::string head = "--b\r\nContent-Disposition: form-data; name=\"x\"";
  for (const row& each : std::vector<row>{
           {"", 0},
           {"no delimiter at all", 19},
           {"--bx", 3},
           {"--b-x", 4},
           {"--b--x", 5},
           {"--b\n", 3},
           {"--b\rx", 4},
           {"--b", 3},
           {"--b-", 4},
           {"--b--\r", 6},
           {model, model.size()},
           {model + "--b", model.size() + 3},
           {"--b\r\n\r\nno header\r\n--b--", 6},
           {"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--", 32},
           {"--b\r\nno colon\r\n", 14},
           {"--b\r\n: x\r\n", 9},
           {head + "\n", head.size()},
           {head + "\rx", head.size() + 1},
           {head + "\r\n ; folded=1\r\n", head.size() + 14},
           {head + "\r\nContent-Disposition: form-data; name=\"model\"\r\n", head.size() + 47},
           {head + "; name=\"model\"\r\n", head.size() + 15},
           {head + "; name*=UTF-8''model\r\n", head.size() + 21},
           {"--b\r\nContent-Disposition: attachment; name=\"model\"\r\n", 51},
           {"--b\r\nContent-Disposition: form-data\r\n", 36},
           {"--b\r\nContent-Disposition: form-data; name=\"a\r\n", 45},
           {head + "\r\n\r\n--b--", head.size() + 6}}) {
    CAPTURE(each.body);
    const auto found = scan_form(each.body);
    CHECK(found.outcome == outcome::malformed);
    CHECK(found.error_offset == each.at);
    check_cuts(each.body);
  }
}

TEST_CASE("a line of a header has a bound") {
  const std::string name = "X-Long: ";
  const std::string longest = name + std::string(form_scanner::max_header_line - name.size(), 'x');
  const auto with = [&](const std::string& line) {
    return "--b\r\n" + line + "\r\n" + model.substr(5) + end;
  };
  CHECK(outcome_of(with(longest)) == outcome::found);
  const auto beyond = scan_form(with(longest + "x"));
  CHECK(beyond.outcome == outcome::malformed);
  CHECK(beyond.error_offset == 5 + form_scanner::max_header_line);
  CHECK(scan_form(with(longest + "x"), "b", 7) == beyond);
}

TEST_CASE("after an error nothing counts") {
  form_scanner scanner{"b"};
  scanner.feed("--bx");
  scanner.feed("\r\n" + model + end);
  CHECK(scanner.finish() == outcome::malformed);
  CHECK(scanner.error_offset() == 3);
}

TEST_CASE("a boundary of the longest size that repeats itself is matched") {
  const std::string boundary(70, '-');
  const std::string body = "--" + boundary
                           + "\r\nContent-Disposition: form-data; name=model\r\n\r\n" + "--"
                           + boundary.substr(1) + "\r\n--" + boundary + "--\r\n";
  CHECK(scan_form(body, boundary).model == "--" + boundary.substr(1));
  check_cuts(body, boundary);
}

TEST_CASE("the boundary is read from the content type") {
  struct row {
    std::string content_type;
    std::string_view boundary; ///< empty: there is none
  };
  const std::string longest = "multipart/form-data; boundary=" + std::string(70, 'x');
  for (const row& each :
       std::vector<row>{{"multipart/form-data; boundary=b", "b"},
                        {"multipart/form-data;boundary=----WebKitFormBoundaryAbC0",
                         "----WebKitFormBoundaryAbC0"},
                        {"Multipart/Form-Data; charset=utf-8; Boundary=\"a b'()+_,-./:=?\"; x=y",
                         "a b'()+_,-./:=?"},
                        {"multipart/form-data; boundary=a=b/c:d", "a=b/c:d"},
                        {longest, std::string_view{longest}.substr(30)},
                        {"multipart/form-data", ""},
                        {"multipart/form-data; boundary=", ""},
                        {"multipart/form-data; boundary=\"\"", ""},
                        {"multipart/form-data; boundary=\"a", ""},
                        {"multipart/form-data; boundary=\"a \"", ""},
                        {"multipart/form-data; boundary=\"a\tb\"", ""},
                        {"multipart/form-data; boundary=a{b}", ""},
                        {"multipart/form-data; boundary=a; boundary=b", ""},
                        {longest + "x", ""}}) {
    CAPTURE(each.content_type);
    CHECK(boundary_of(each.content_type).value_or("") == each.boundary);
  }
}
