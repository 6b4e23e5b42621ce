// What stands in a signature beside what it signs, ready to be judged: time stamps with their
// imprints compared, certificates, revocation data.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/openssl.h"
#include "verifier/revocation_data.h"
#include "verifier/time_stamp.h"
#include "xml/fragment.h"

namespace sceau::verifier {

struct StampEvidence {
  TimeStamp token;
  bool imprint_holds = false;  // over this signature's value
};

struct UnsignedEvidence {
  std::vector<StampEvidence> time_stamps;
  std::vector<X509Handle> certificates;
  RevocationData revocation;
  std::vector<std::string> unreadable;  // names of what cannot be read
};

// nullptr: the signature carries nothing of the kind.
std::shared_ptr<const UnsignedEvidence> ReadUnsignedEvidence(const xml::Fragment& fragment);

}  // namespace sceau::verifier
