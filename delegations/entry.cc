#include "delegations/entry.h"

namespace sceau::delegations {

Entry EntryOf(const policy::Register& facts, const policy::Record& record,
              const policy::When& when) {
  Entry entry{record, facts.StandingOf(record, when), {}};
  for (const auto& revocation : facts.By<policy::Revocation>(record.id)) {
    if (revocation.record->recorded_at <= when.known_at) {
      entry.revoked_by.push_back(revocation.record->id);
    }
  }
  return entry;
}

}  // namespace sceau::delegations
