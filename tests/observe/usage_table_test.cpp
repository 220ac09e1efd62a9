#include "observe/usage_table.hpp"
#include "tests/catch.hpp"

using keywheel::dialect::usage;
using namespace keywheel::observe;

TEST_CASE("requests and tokens are counted by model and client") {
  usage_table table;
  const auto ci = table.row_of("gpt-4o", "ci");
  const auto nobody = table.row_of("gpt-4o", "");
  const auto other_model = table.row_of("o1", "ci");
  CHECK(table.row_of("gpt-4o", "ci") == ci);
  table.count_request(ci);
  table.count_request(ci);
  table.count_request(nobody);
  table.count_request(other_model);
  table.uncount_request(other_model);
  table.count_tokens(ci, usage{10, 4, 20, 5, true});
  table.count_tokens(ci, usage{1, 0, 2, 0, true});
  table.count_tokens(nobody, usage{-7, 0, 3, 0, true});
  CHECK(table.rows()
        == std::vector<usage_row>{{"gpt-4o", "ci", 2, 11, 4, 22, 5},
                                  {"gpt-4o", "", 1, 0, 0, 3, 0},
                                  {"o1", "ci", 0, 0, 0, 0, 0}});
}

TEST_CASE("names that come too late share a row, those known before keep theirs") {
  usage_table table;
  for (std::size_t i = 0; i < usage_table::most_rows; ++i)
    CHECK(table.row_of("m", std::to_string(i)) == i);
  const auto late = table.row_of("m", "late");
  CHECK(late == usage_table::most_rows);
  CHECK(table.row_of("later", "") == late);
  CHECK(table.row_of("m", "999") == 999);
  CHECK(table.rows().size() == usage_table::most_rows + 1);
  CHECK(table.rows().back().model == "other");
  CHECK(table.rows().back().client == "other");
}
