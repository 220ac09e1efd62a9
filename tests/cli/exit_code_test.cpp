#include "cli/exit_code.hpp"
#include "tests/catch.hpp"

using keywheel::cli::exit_code;
using keywheel::cli::exit_code_for;

TEST_CASE("exit codes are numbers that scripts rely on") {
  CHECK(static_cast<int>(exit_code::ok) == 0);
  CHECK(static_cast<int>(exit_code::failed) == 1);
  CHECK(static_cast<int>(exit_code::usage) == 2);
  CHECK(static_cast<int>(exit_code::unreachable) == 3);
  CHECK(static_cast<int>(exit_code::refused) == 4);
}

TEST_CASE("an answer's status decides the exit code") {
  struct row {
    long status;
    exit_code expected;
  };
  for (auto [status, expected] :
       {row{200, exit_code::ok}, row{204, exit_code::ok}, row{301, exit_code::failed},
        row{400, exit_code::refused}, row{401, exit_code::refused}, row{404, exit_code::refused},
        row{422, exit_code::refused}, row{500, exit_code::failed}, row{503, exit_code::failed},
        row{0, exit_code::failed}}) {
    CAPTURE(status);
    CHECK(exit_code_for(status) == expected);
  }
}
