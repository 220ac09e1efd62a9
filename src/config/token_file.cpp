#include "config/token_file.hpp"

#include "config/folders.hpp"

#include <openssl/rand.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace keywheel::config {

namespace {

constexpr std::size_t token_bytes = 32;

std::string random_hex() {
  std::array<unsigned char, token_bytes> bits{};
  if (RAND_bytes(bits.data(), static_cast<int>(bits.size())) != 1)
    return {};
  constexpr const char* digits = "0123456789abcdef";
  std::string result;
  for (auto byte : bits) {
    result.push_back(digits[byte >> 4]);
    result.push_back(digits[byte & 15]);
  }
  return result;
}

} // namespace

std::string token_path(const std::string& state_dir) {
  return state_dir + "/admin-token";
}

secret keep_token(const std::string& path, std::string& error) {
  std::string known;
  if (std::ifstream file{path}; file && std::getline(file, known) && !known.empty())
    return secret{std::move(known)};
  error = make_private_folder(std::filesystem::path{path}.parent_path().string());
  if (!error.empty())
    return {};
  auto fresh = random_hex();
  if (fresh.empty()) {
    error = "no random numbers for the admin token";
    return {};
  }
  const auto file =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  const auto line = fresh + "\n";
  const auto ok =
      file >= 0 && ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  if (!ok)
    error = path + ": " + std::strerror(errno);
  if (file >= 0)
    ::close(file);
  return ok ? secret{std::move(fresh)} : secret{};
}

} // namespace keywheel::config
