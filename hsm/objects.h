// Objects of a token: found without a limit on their number, read by attribute (v2.40 §5.7).
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "hsm/session.h"

namespace sceau::hsm {

// Raw values; an attribute that is absent or may not be read is not in the map.
using Attributes = std::map<CK_ATTRIBUTE_TYPE, std::string>;

// The value, empty when there is none.
const std::string& ValueOf(const Attributes& attributes, CK_ATTRIBUTE_TYPE type);
CK_ULONG NumberOf(const Attributes& attributes, CK_ATTRIBUTE_TYPE type, CK_ULONG absent);
bool IsTrue(const Attributes& attributes, CK_ATTRIBUTE_TYPE type, bool absent);

// Every object of the class that this session can see. Errors, as of ReadAttributes:
// kTokenUnavailable, kTokenError.
StatusOr<std::vector<CK_OBJECT_HANDLE>> FindObjects(const Session& session, CK_OBJECT_CLASS type);
StatusOr<Attributes> ReadAttributes(const Session& session, CK_OBJECT_HANDLE object,
                                    std::span<const CK_ATTRIBUTE_TYPE> types);

}  // namespace sceau::hsm
