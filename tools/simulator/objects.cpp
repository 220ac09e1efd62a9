#include "tools/simulator/openai/media.hpp"
#include "tools/simulator/provider.hpp"

/// Files and responses, which belong to the organisation that made them (PROVIDERS section 9).
namespace keywheel::simulator {

void provider::answer_files(const call& c, std::string_view body) {
  auto& owner = c.x.key->organization();
  auto& result = c.result;
  if (c.request.head.method != method::post) {
    result.body = R"({"object":"list","data":[)" + files_.list(owner) + R"(],"has_more":false})";
    return;
  }
  auto parts = form_parts(c.request.head.content_type.in(c.request.base), body);
  auto file = find_part(parts, "file");
  auto purpose = find_part(parts, "purpose");
  if (file == nullptr || purpose == nullptr) {
    auto missing = file == nullptr ? "file" : "purpose";
    refuse(c, {problem::kind::bad_field, "a form with 'file' and 'purpose' is required", missing});
    return;
  }
  std::string id = "file-";
  random_.append_id(id, 24);
  openai::append_file(result.body,
                      {id, purpose->content, file->filename, file->content.size(), c.wall_clock});
  files_.put(id, {owner, result.body});
}

void provider::answer_object(const call& c) {
  bool is_file = c.x.where == endpoint::file;
  auto& store = is_file ? files_ : responses_;
  auto& owner = c.x.key->organization();
  auto id = route_of(c.request.path()).name;
  auto found = store.find(id, owner);
  if (found == nullptr) {
    auto text = is_file ? "No such File object: " + std::string{id}
                        : "Response with id '" + std::string{id} + "' not found.";
    refuse(c, {problem::kind::unknown_object, text, is_file ? "id" : ""});
    return;
  }
  if (c.request.head.method != method::remove) {
    c.result.body = found->json;
    return;
  }
  openai::append_deleted(c.result.body, id, is_file ? "file" : "response");
  store.remove(id, owner);
}

bool provider::knows_previous(const call& c, std::string_view id) {
  if (id.empty() || responses_.find(id, c.x.key->organization()) != nullptr)
    return true;
  refuse(c, {problem::kind::unknown_previous_response, id});
  return false;
}

/// Keeps what was generated, for who asks for it by its id.
void provider::remember_response(const call& c) {
  std::string json;
  append_response(json, generation_, generation_.cut ? "incomplete" : "completed");
  responses_.put("resp_" + generation_.id, {c.x.key->organization(), std::move(json)});
}

} // namespace keywheel::simulator
