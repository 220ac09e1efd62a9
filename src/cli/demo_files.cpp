#include "cli/demo_files.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace keywheel::cli {

namespace {

std::string address(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

/// Replaces addresses without looking at a replaced one again: a new port may be another's old one.
std::string replace_address(std::string_view text, const demo_ports& from, const demo_ports& to) {
  const std::pair<std::string, std::string> pairs[] = {
      {address(from.data), address(to.data)},
      {address(from.admin), address(to.admin)},
      {address(from.simulator), address(to.simulator)}};
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    bool replaced = false;
    for (const auto& [old, renewed] : pairs) {
      if (text.substr(at).starts_with(old)) {
        result += renewed;
        at += old.size();
        replaced = true;
        break;
      }
    }
    if (!replaced)
      result += text[at++];
  }
  return result;
}

std::runtime_error cannot_write(const std::string& path) {
  return std::runtime_error("write " + path + ": " + std::generic_category().message(errno));
}

void write_all(const std::string& path, std::string_view text) {
  // 0600: the person may put a real key in.
  int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0)
    throw cannot_write(path);
  while (!text.empty()) {
    auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      auto error = cannot_write(path);
      ::close(file);
      throw error;
    }
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  ::close(file);
}

/// The port that was bound, 0 if it could not be.
std::uint16_t try_port(std::uint16_t wanted) {
  int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0)
    return 0;
  int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  where.sin_port = htons(wanted);
  ::socklen_t size = sizeof where;
  auto* generic = reinterpret_cast<::sockaddr*>(&where);
  bool good = ::bind(socket, generic, size) == 0 && ::listen(socket, 1) == 0
              && ::getsockname(socket, generic, &size) == 0;
  ::close(socket);
  return good ? ntohs(where.sin_port) : 0;
}

} // namespace

std::string with_ports(std::string_view text, const demo_ports& ports) {
  const demo_ports defaults;
  for (auto port : {defaults.data, defaults.admin, defaults.simulator})
    if (text.find(address(port)) == std::string_view::npos)
      throw std::runtime_error("the demo's configuration does not mention " + address(port));
  return replace_address(text, defaults, ports);
}

demo_file write_demo(const std::string& folder, std::string_view text) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::create_directories(folder, error))
    fs::permissions(folder, fs::perms::owner_all, error);
  demo_file result{folder + "/keywheel.toml", {}};
  if (std::ifstream old{result.path, std::ios::binary}) {
    std::string content{std::istreambuf_iterator<char>{old}, {}};
    if (content != text) {
      result.kept = result.path + ".old";
      fs::rename(result.path, result.kept, error);
      if (error)
        throw std::runtime_error("rename " + result.path + ": " + error.message());
    }
  }
  write_all(result.path, text);
  return result;
}

std::uint16_t free_port(std::uint16_t wanted, std::uint16_t taken) {
  auto port = wanted != taken ? try_port(wanted) : std::uint16_t{0};
  while (port == 0 || port == taken) {
    port = try_port(0);
    if (port == 0)
      throw std::runtime_error("no free port on 127.0.0.1");
  }
  return port;
}

} // namespace keywheel::cli
