#include "cli/commands.hpp"

int main(int argc, char** argv) {
  return keywheel::cli::run(argc, argv);
}
