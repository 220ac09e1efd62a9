#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace keywheel::simulator {

/// Something that belongs to the organisation that made it, such as an uploaded file.
struct stored_object {
  std::string organization;
  std::string json;         ///< As it is shown.
  std::string content = {}; ///< Of a file, its bytes; of a batch, the id of its input.
  bool under_way = false;   ///< A batch that has not come to its end.
  std::int64_t created = 0; ///< In seconds since 1970.
};

/// Objects by their id. Bounded: the oldest is forgotten when there are too many.
class object_store {
public:
  /// Holds `most` objects.
  explicit object_store(std::size_t most) : most_(most) {
    // nop
  }

  /// Keeps `what`, in the place of what had that id before.
  void put(std::string id, stored_object what);

  /// The object if it is there and `organization` may see it, else null.
  const stored_object* find(std::string_view id, std::string_view organization) const;

  /// Returns false if there is nothing to remove for that organisation.
  bool remove(std::string_view id, std::string_view organization);

  /// All objects of `organization` whose ids begin with `prefix`, as the elements of a JSON array.
  std::string list(std::string_view organization, std::string_view prefix) const;

private:
  std::size_t most_;
  std::map<std::string, stored_object, std::less<>> objects_;
  std::deque<std::string> order_; // of ids, oldest first; some may be removed already
};

} // namespace keywheel::simulator
