#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <vector>

/// A folder of a test's own, gone at its end with everything in it.
class scratch {
public:
  scratch() {
    namespace fs = std::filesystem;
    auto pattern = (fs::canonical(fs::temp_directory_path()) / "keywheel-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error("mkdtemp failed");
    root_ = pattern;
  }
  ~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  /// Absolute, without symbolic links.
  const std::filesystem::path& root() const { return root_; }

  std::string path(const std::string& below) const { return (root_ / below).string(); }

  void write(const std::string& below, const std::string& text) const {
    std::ofstream{path(below), std::ios::binary} << text;
  }

  std::string read(const std::string& below) const {
    std::ifstream in{path(below), std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  /// What a folder holds, sorted; without `below`, this one.
  std::vector<std::string> names(const std::string& below = {}) const {
    std::vector<std::string> result;
    for (const auto& entry : std::filesystem::directory_iterator{root_ / below})
      result.push_back(entry.path().filename().string());
    std::sort(result.begin(), result.end());
    return result;
  }

private:
  std::filesystem::path root_;
};
