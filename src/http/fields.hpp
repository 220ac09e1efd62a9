#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::http {

/// Compares two header names as RFC 9110 §5.1 does: without regard to ASCII case.
bool name_equals(std::string_view a, std::string_view b) noexcept;

/// The header fields of one message in the order of arrival, repeated names included. All text
/// lives in one buffer, so a message costs two allocations however many fields it has.
class fields {
public:
  struct field {
    std::string_view name;
    std::string_view value;
  };

  /// Walks the fields; what it yields is valid until the next change of the container.
  class const_iterator {
  public:
    const_iterator(const fields* of, std::size_t at) : of_(of), at_(at) {}
    field operator*() const { return (*of_)[at_]; }
    const_iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const const_iterator& other) const { return at_ == other.at_; }

  private:
    const fields* of_;
    std::size_t at_;
  };

  void add(std::string_view name, std::string_view value);

  /// Makes room for `count` fields with `bytes` of names and values, so that adding them does not
  /// allocate.
  void reserve(std::size_t count, std::size_t bytes);

  /// Forgets all fields but keeps the memory.
  void clear() noexcept;

  std::size_t size() const noexcept { return spans_.size(); }
  bool empty() const noexcept { return spans_.empty(); }
  field operator[](std::size_t i) const noexcept;
  const_iterator begin() const noexcept { return {this, 0}; }
  const_iterator end() const noexcept { return {this, spans_.size()}; }

  /// Returns the first value of that name, or nothing.
  std::optional<std::string_view> find(std::string_view name) const noexcept;
  bool contains(std::string_view name) const noexcept { return find(name).has_value(); }

private:
  struct span {
    std::uint32_t start;
    std::uint32_t name_size;
    std::uint32_t value_size;
  };
  std::string text_;
  std::vector<span> spans_;
};

} // namespace keywheel::http
