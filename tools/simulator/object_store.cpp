#include "tools/simulator/object_store.hpp"

namespace keywheel::simulator {

void object_store::put(std::string id, stored_object what) {
  order_.push_back(id);
  objects_.insert_or_assign(std::move(id), std::move(what));
  if (order_.size() <= most_)
    return;
  objects_.erase(order_.front());
  order_.pop_front();
}

const stored_object* object_store::find(std::string_view id, std::string_view organization) const {
  auto found = objects_.find(id);
  bool visible = found != objects_.end() && found->second.organization == organization;
  return visible ? &found->second : nullptr;
}

bool object_store::remove(std::string_view id, std::string_view organization) {
  if (find(id, organization) == nullptr)
    return false;
  objects_.erase(objects_.find(id));
  return true;
}

std::string object_store::list(std::string_view organization) const {
  std::string result;
  for (auto& [id, object] : objects_) {
    if (object.organization != organization)
      continue;
    result += result.empty() ? "" : ",";
    result += object.json;
  }
  return result;
}

} // namespace keywheel::simulator
