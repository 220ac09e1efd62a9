#include "config/document.hpp"
#include "config/toml_text.hpp"
#include "tests/catch.hpp"

using namespace keywheel::config;

TEST_CASE("positions count code points, offsets count bytes") {
  const std::string text = "# é\n\tx = \"日本\" # c\r\ny = 1";
  const text_lines lines{text};
  CHECK(lines.offset({1, 1}) == 0);
  CHECK(lines.offset({1, 4}) == 4);
  CHECK(lines.offset({2, 1}) == 5);
  CHECK(lines.offset({2, 2}) == 6);
  CHECK(text.substr(lines.offset({2, 6}), 8) == "\"日本\"");
  CHECK(text[lines.offset({2, 11})] == '#');
  CHECK(lines.at({3, 5}) == '1');
  CHECK(lines.offset({3, 6}) == text.size());
  CHECK(lines.offset({9, 1}) == text.size());
}

TEST_CASE("lines have a begin, an end, an indentation and a line break") {
  const std::string text = "\xEF\xBB\xBF"
                           "a\r\n \t b\n\n  ";
  const text_lines lines{text};
  CHECK(lines.offset({1, 1}) == 3);
  CHECK(lines.line_begin(3) == 3);
  CHECK(lines.line_end(3) == 4);
  CHECK(lines.line_break(3) == "\r\n");
  CHECK(lines.line_begin(9) == 6);
  CHECK(lines.line_end(6) == 10);
  CHECK(lines.indentation(9) == " \t ");
  CHECK(lines.line_break(6) == "\n");
  CHECK(lines.indentation(11).empty());
  CHECK(lines.indentation(12) == "  ");
  CHECK(lines.line_break(12) == "\r\n");
  CHECK(lines.line_end(12) == text.size());
}

TEST_CASE("the parser's positions and ours are of one kind") {
  const std::string text = "\xEF\xBB\xBF"
                           "a = \"é\" # é\r\n\t\"ü\".x\t=\t[ 1,\r\n 'ß' ] # end\n[t]\nq=true";
  const auto parsed = parse_document(text);
  REQUIRE(parsed.root);
  const toml_text source{text, *parsed.root};
  CHECK(source.source_of(*parsed.root->get("a")) == "\"é\"");
  CHECK(source.source_of(*parsed.root->at_path("ü.x").node()) == "[ 1,\r\n 'ß' ]");
  CHECK(source.source_of(*parsed.root->at_path("t.q").node()) == "true");
}
