#include "hsm/objects.h"

#include <cstring>

namespace sceau::hsm {
namespace {

// A value that is there and may be read (v2.40 §5.7, C_GetAttributeValue).
bool Readable(const CK_ATTRIBUTE& attribute) {
  return attribute.ulValueLen != CK_UNAVAILABLE_INFORMATION;
}

// These say that some attribute could not be read; the others were.
bool PartlyRead(CK_RV rv) {
  return rv == CKR_OK || rv == CKR_ATTRIBUTE_SENSITIVE || rv == CKR_ATTRIBUTE_TYPE_INVALID;
}

}  // namespace

const std::string& ValueOf(const Attributes& attributes, CK_ATTRIBUTE_TYPE type) {
  static const std::string kNone;
  const auto found = attributes.find(type);
  return found != attributes.end() ? found->second : kNone;
}

CK_ULONG NumberOf(const Attributes& attributes, CK_ATTRIBUTE_TYPE type, CK_ULONG absent) {
  const std::string& value = ValueOf(attributes, type);
  CK_ULONG number = absent;
  if (value.size() == sizeof number) std::memcpy(&number, value.data(), sizeof number);
  return number;
}

bool IsTrue(const Attributes& attributes, CK_ATTRIBUTE_TYPE type, bool absent) {
  const std::string& value = ValueOf(attributes, type);
  return value.size() == sizeof(CK_BBOOL) ? value[0] != CK_FALSE : absent;
}

StatusOr<std::vector<CK_OBJECT_HANDLE>> FindObjects(const Session& session, CK_OBJECT_CLASS type) {
  CK_ATTRIBUTE wanted{CKA_CLASS, &type, sizeof type};
  CK_RV rv = session.p11()->C_FindObjectsInit(session.handle(), &wanted, 1);
  if (rv != CKR_OK) return CkrError("C_FindObjectsInit", rv);
  std::vector<CK_OBJECT_HANDLE> objects;
  CK_OBJECT_HANDLE batch[64];
  CK_ULONG count = 0;
  do {
    rv = session.p11()->C_FindObjects(session.handle(), batch, std::size(batch), &count);
    if (rv == CKR_OK) objects.insert(objects.end(), batch, batch + count);
  } while (rv == CKR_OK && count > 0);
  const CK_RV ended = session.p11()->C_FindObjectsFinal(session.handle());
  if (rv != CKR_OK) return CkrError("C_FindObjects", rv);
  // A search that is still open would be in the way of the next.
  if (ended != CKR_OK) return CkrError("C_FindObjectsFinal", ended);
  return objects;
}

StatusOr<Attributes> ReadAttributes(const Session& session, CK_OBJECT_HANDLE object,
                                    std::span<const CK_ATTRIBUTE_TYPE> types) {
  std::vector<CK_ATTRIBUTE> wanted;
  for (const CK_ATTRIBUTE_TYPE type : types) wanted.push_back({type, nullptr, 0});
  // First the sizes, then the values of what can be read.
  CK_RV rv =
      session.p11()->C_GetAttributeValue(session.handle(), object, wanted.data(), wanted.size());
  if (!PartlyRead(rv)) return CkrError("C_GetAttributeValue", rv);
  std::erase_if(wanted, [](const CK_ATTRIBUTE& attribute) { return !Readable(attribute); });
  std::vector<std::string> values;
  values.reserve(wanted.size());
  for (CK_ATTRIBUTE& attribute : wanted) {
    values.emplace_back(attribute.ulValueLen, '\0');
    attribute.pValue = values.back().data();
  }
  if (!wanted.empty()) {
    rv = session.p11()->C_GetAttributeValue(session.handle(), object, wanted.data(), wanted.size());
    if (!PartlyRead(rv)) return CkrError("C_GetAttributeValue", rv);
  }
  Attributes attributes;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!Readable(wanted[i])) continue;
    values[i].resize(wanted[i].ulValueLen);
    attributes[wanted[i].type] = std::move(values[i]);
  }
  return attributes;
}

}  // namespace sceau::hsm
