#include "tools/simulator/object_store.hpp"

namespace keywheel::simulator {

void object_store::put(std::string id, stored_object what) {
  if (objects_.insert_or_assign(id, std::move(what)).second)
    order_.push_back(std::move(id));
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

std::string object_store::list(std::string_view organization, std::string_view prefix) const {
  std::string result;
  for (auto& [id, object] : objects_) {
    if (object.organization != organization || !std::string_view{id}.starts_with(prefix))
      continue;
    result += result.empty() ? "" : ",";
    result += object.json;
  }
  return result;
}

} // namespace keywheel::simulator
