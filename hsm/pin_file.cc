#include "hsm/pin_file.h"

#include "hsm/uri.h"

namespace sceau::hsm {

StatusOr<std::string> PinFileOf(const std::string& uri) {
  SCEAU_ASSIGN_OR_RETURN(const Uri parsed, Uri::Parse(uri));
  return parsed.pin_source();
}

}  // namespace sceau::hsm
