#include "actors/metrics_writer.hpp"

#include "observe/metrics_page.hpp"

namespace keywheel {

metrics_writer_actor::behavior_type metrics_writer(metrics_writer_actor::pointer) {
  return {[](status_atom, const observe::metrics_ptr& counted, const observe::status& now) {
    return observe::metrics_page(*counted, now, observe::read_process_figures());
  }};
}

} // namespace keywheel
