#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// The demo's configuration: config/demo.toml, built into the binary.
namespace keywheel::cli {

/// The ports of a demo, as config/demo.toml has them.
struct demo_ports {
  std::uint16_t data = 4100;
  std::uint16_t admin = 4101;
  std::uint16_t simulator = 4199;
  bool operator==(const demo_ports&) const = default;
};

/// The text of config/demo.toml.
std::string_view demo_toml() noexcept;

/// `text` with other ports wherever it has an address of the default ones. Throws
/// std::runtime_error if one of these is not in the text at all.
std::string with_ports(std::string_view text, const demo_ports& ports);

/// Where the demo's configuration was written, and where an older one went.
struct demo_file {
  std::string path;
  std::string kept; ///< what a person had made of the last demo's file; empty if nothing
};

/// Writes `text` to keywheel.toml in `folder` (made if need be, for the owner only). A demo starts
/// the same every time, but a person's edits are not thrown away: a file that differs is kept
/// beside it. Throws std::runtime_error if it cannot be written.
demo_file write_demo(const std::string& folder, std::string_view text);

/// `wanted` if it can be listened on at 127.0.0.1 and is not `taken`, else one that is free.
std::uint16_t free_port(std::uint16_t wanted, std::uint16_t taken = 0);

} // namespace keywheel::cli
