#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::simulator {

/// One request as it arrived.
struct recorded_request {
  std::uint64_t number = 0;
  std::string key; ///< Name of its key, empty if there was none.
  std::string head;
  std::string body; ///< At most as much as the recorder keeps.
  std::size_t body_size = 0;
  int status = 0; ///< Of the answer; 0 until there is one.
};

/// The last requests, in a ring that reuses its memory.
class recorder {
public:
  /// Keeps `count` requests with up to `body_bytes` of their bodies.
  recorder(std::size_t count, std::size_t body_bytes);

  void add(std::uint64_t number, std::string_view key, std::string_view head,
           std::string_view body);

  /// Notes the status of request `number` if that is still there.
  void answered(std::uint64_t number, int status);

  void clear();

  /// The last `count` requests, oldest first.
  std::vector<const recorded_request*> last(std::size_t count) const;

private:
  std::vector<recorded_request> ring_;
  std::size_t body_bytes_;
  std::size_t next_ = 0;
  std::size_t held_ = 0;
};

} // namespace keywheel::simulator
