#include "http/fields.hpp"

#include "http/ascii.hpp"

namespace keywheel::http {

bool name_equals(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size())
    return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && ascii_lower(a[i]) != ascii_lower(b[i]))
      return false;
  return true;
}

namespace {

constexpr std::size_t usual_count = 16;
constexpr std::size_t usual_bytes = 768;

} // namespace

void fields::add(std::string_view name, std::string_view value) {
  // Most header sections fit: growing step by step would cost an allocation for each doubling.
  if (spans_.capacity() == 0)
    reserve(usual_count, usual_bytes);
  spans_.push_back({static_cast<std::uint32_t>(text_.size()),
                    static_cast<std::uint32_t>(name.size()),
                    static_cast<std::uint32_t>(value.size())});
  text_ += name;
  text_ += value;
}

void fields::reserve(std::size_t count, std::size_t bytes) {
  spans_.reserve(count);
  text_.reserve(bytes);
}

void fields::clear() noexcept {
  text_.clear();
  spans_.clear();
}

fields::field fields::operator[](std::size_t i) const noexcept {
  auto at = spans_[i];
  const char* start = text_.data() + at.start;
  return {{start, at.name_size}, {start + at.name_size, at.value_size}};
}

std::optional<std::string_view> fields::find(std::string_view name) const noexcept {
  for (auto [its_name, value] : *this)
    if (name_equals(its_name, name))
      return value;
  return std::nullopt;
}

} // namespace keywheel::http
