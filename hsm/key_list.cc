#include "hsm/key_list.h"

#include <openssl/asn1.h>

#include <algorithm>
#include <set>

#include "hsm/objects.h"
#include "hsm/uri.h"

namespace sceau::hsm {
namespace {

constexpr CK_ATTRIBUTE_TYPE kKeyAttributes[] = {
    CKA_ID,      CKA_LABEL,     CKA_KEY_TYPE, CKA_SIGN,
    CKA_MODULUS, CKA_EC_PARAMS, CKA_EC_POINT, CKA_ALWAYS_AUTHENTICATE,
};
constexpr CK_ATTRIBUTE_TYPE kCertificateAttributes[] = {
    CKA_ID,
    CKA_LABEL,
    CKA_CERTIFICATE_TYPE,
    CKA_VALUE,
};

struct SeenKey {
  CK_OBJECT_HANDLE handle;
  Attributes attributes;
  PublicNumbers numbers;
};

struct SeenCertificate {
  std::string id;
  std::string label;
  std::string der;
  X509Handle certificate;
  std::optional<PublicNumbers> numbers;  // nullopt: a key of no use here
};

struct Seen {
  std::vector<SeenKey> private_keys;
  std::vector<SeenKey> public_keys;
  std::vector<SeenCertificate> certificates;
};

std::optional<PublicNumbers> NumbersFrom(const Attributes& attributes) {
  PublicNumbers numbers;
  switch (NumberOf(attributes, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION)) {
    case CKK_RSA: {
      const std::string& modulus = ValueOf(attributes, CKA_MODULUS);
      numbers.modulus = modulus.substr(std::min(modulus.find_first_not_of('\0'), modulus.size()));
      numbers.bits = static_cast<int>(numbers.modulus.size() * 8);
      return numbers;
    }
    case CKK_EC:
      numbers.type = KeyType::kEc;
      numbers.point = PointFrom(ValueOf(attributes, CKA_EC_POINT));
      // Only the uncompressed form can be compared.
      if (!numbers.point.starts_with('\x04')) numbers.point.clear();
      numbers.bits = CurveBits(ValueOf(attributes, CKA_EC_PARAMS));
      return numbers;
    case CKK_EC_EDWARDS:
      numbers.type = KeyType::kEd25519;
      numbers.point = PointFrom(ValueOf(attributes, CKA_EC_POINT));
      numbers.bits = 256;
      return numbers;
    default:
      return std::nullopt;
  }
}

StatusOr<std::vector<SeenKey>> ReadKeys(const Session& session, CK_OBJECT_CLASS type) {
  SCEAU_ASSIGN_OR_RETURN(const std::vector<CK_OBJECT_HANDLE> objects, FindObjects(session, type));
  std::vector<SeenKey> keys;
  for (const CK_OBJECT_HANDLE object : objects) {
    SCEAU_ASSIGN_OR_RETURN(Attributes attributes, ReadAttributes(session, object, kKeyAttributes));
    std::optional<PublicNumbers> numbers = NumbersFrom(attributes);
    if (!numbers) continue;
    if (type == CKO_PRIVATE_KEY && !IsTrue(attributes, CKA_SIGN, true)) continue;
    keys.push_back({object, std::move(attributes), *std::move(numbers)});
  }
  return keys;
}

StatusOr<std::vector<SeenCertificate>> ReadCertificates(const Session& session) {
  SCEAU_ASSIGN_OR_RETURN(const std::vector<CK_OBJECT_HANDLE> objects,
                         FindObjects(session, CKO_CERTIFICATE));
  std::vector<SeenCertificate> certificates;
  for (const CK_OBJECT_HANDLE object : objects) {
    SCEAU_ASSIGN_OR_RETURN(const Attributes attributes,
                           ReadAttributes(session, object, kCertificateAttributes));
    if (NumberOf(attributes, CKA_CERTIFICATE_TYPE, CKC_X_509) != CKC_X_509) continue;
    const std::string& der = ValueOf(attributes, CKA_VALUE);
    X509Handle certificate = ParseCertificate(der);
    if (certificate == nullptr) continue;
    auto numbers = NumbersOf(X509_get0_pubkey(certificate.get()));
    certificates.push_back({ValueOf(attributes, CKA_ID), ValueOf(attributes, CKA_LABEL), der,
                            std::move(certificate), std::move(numbers)});
  }
  return certificates;
}

bool Newer(const X509* a, const X509* b) {
  return ASN1_TIME_compare(X509_get0_notBefore(a), X509_get0_notBefore(b)) > 0;
}

// Adds what the certificates with the key's CKA_ID say of it.
void AddCertificates(const Seen& seen, const PublicNumbers& numbers, ListedKey& key) {
  KeyDescription& description = key.description;
  const X509* chosen = nullptr;
  for (const SeenCertificate& candidate : seen.certificates) {
    if (description.id.empty() || candidate.id != description.id) continue;
    if (!candidate.numbers || Contradict(*candidate.numbers, numbers)) {
      if (chosen == nullptr) description.match = CertificateMatch::kDiffers;
      continue;
    }
    key.labels.push_back(candidate.label);
    if (chosen != nullptr && !Newer(candidate.certificate.get(), chosen)) continue;
    chosen = candidate.certificate.get();
    description.certificate = candidate.der;
    description.bits = candidate.numbers->bits;
    description.match = Comparable(*candidate.numbers, numbers) ? CertificateMatch::kMatches
                                                                : CertificateMatch::kUnknown;
  }
}

// The public key of the pair: it has the same CKA_ID and, when several do, the same label. Null
// when that leaves none or several.
const SeenKey* PublicHalf(const Seen& seen, const SeenKey& key) {
  const std::string& id = ValueOf(key.attributes, CKA_ID);
  const std::string& label = ValueOf(key.attributes, CKA_LABEL);
  std::vector<const SeenKey*> found;
  for (const SeenKey& other : seen.public_keys) {
    const bool pair = !id.empty() && ValueOf(other.attributes, CKA_ID) == id;
    if (pair && !Contradict(other.numbers, key.numbers)) found.push_back(&other);
  }
  if (found.size() > 1) {
    std::erase_if(found, [&](const SeenKey* other) {
      return ValueOf(other->attributes, CKA_LABEL) != label;
    });
  }
  return found.size() == 1 ? found.front() : nullptr;
}

// The key's numbers with those that only its public half tells: the point of an EC key.
PublicNumbers Complete(const Seen& seen, const SeenKey& key) {
  PublicNumbers numbers = key.numbers;
  const SeenKey* other = PublicHalf(seen, key);
  if (other == nullptr) return numbers;
  if (numbers.modulus.empty()) numbers.modulus = other->numbers.modulus;
  if (numbers.point.empty()) numbers.point = other->numbers.point;
  if (numbers.bits == 0) numbers.bits = other->numbers.bits;
  return numbers;
}

ListedKey DescribeKey(const Seen& seen, const SeenKey& key) {
  ListedKey listed;
  const PublicNumbers numbers = Complete(seen, key);
  listed.description.id = ValueOf(key.attributes, CKA_ID);
  listed.description.label = ValueOf(key.attributes, CKA_LABEL);
  listed.description.type = numbers.type;
  listed.description.bits = numbers.bits;
  listed.description.always_authenticate = IsTrue(key.attributes, CKA_ALWAYS_AUTHENTICATE, false);
  listed.labels.push_back(listed.description.label);
  AddCertificates(seen, numbers, listed);
  return listed;
}

ListedKey DescribeCertificate(const Seen& seen, const SeenCertificate& certificate) {
  ListedKey listed;
  listed.description.id = certificate.id;
  listed.description.label = certificate.label;
  listed.description.type = certificate.numbers->type;
  AddCertificates(seen, *certificate.numbers, listed);
  listed.description.match = CertificateMatch::kUnknown;  // the key itself is hidden
  return listed;
}

// Keys whose private half is hidden: from public keys, else from certificates of persons.
void AddHiddenKeys(const Seen& seen, std::set<std::string>& known, std::vector<ListedKey>& keys) {
  std::set<std::string> added;  // two public keys may share a CKA_ID: both are told
  for (const SeenKey& key : seen.public_keys) {
    const std::string& id = ValueOf(key.attributes, CKA_ID);
    if (id.empty() || known.contains(id)) continue;
    keys.push_back(DescribeKey(seen, key));
    keys.back().description.always_authenticate = false;  // unknown until login
    added.insert(id);
  }
  known.merge(added);
  for (const SeenCertificate& certificate : seen.certificates) {
    if (certificate.id.empty() || !certificate.numbers) continue;
    if (IsAuthority(certificate.certificate.get())) continue;
    if (known.insert(certificate.id).second) keys.push_back(DescribeCertificate(seen, certificate));
  }
}

void NameKeys(const CK_TOKEN_INFO& token, std::vector<ListedKey>& keys) {
  for (ListedKey& key : keys) {
    KeyDescription& description = key.description;
    const auto same_id = std::count_if(keys.begin(), keys.end(), [&](const ListedKey& other) {
      return other.description.id == description.id;
    });
    // The label only where the CKA_ID does not tell the key apart.
    const bool needs_label = description.id.empty() || same_id > 1;
    description.uri = KeyUri(token, description.id, needs_label ? description.label : "");
    description.token_label = FixedText(token.label);
    description.token_serial = FixedText(token.serialNumber);
  }
}

}  // namespace

StatusOr<KeyList> ListKeysOf(const Session& session, const CK_TOKEN_INFO& token) {
  KeyList list;
  Seen seen;
  SCEAU_ASSIGN_OR_RETURN(const bool logged_in, session.LoggedIn());
  list.complete = logged_in || (token.flags & CKF_LOGIN_REQUIRED) == 0;
  SCEAU_ASSIGN_OR_RETURN(seen.private_keys, ReadKeys(session, CKO_PRIVATE_KEY));
  SCEAU_ASSIGN_OR_RETURN(seen.public_keys, ReadKeys(session, CKO_PUBLIC_KEY));
  SCEAU_ASSIGN_OR_RETURN(seen.certificates, ReadCertificates(session));

  std::set<std::string> known;
  for (const SeenKey& key : seen.private_keys) {
    list.keys.push_back(DescribeKey(seen, key));
    list.keys.back().handle = key.handle;
    known.insert(list.keys.back().description.id);
  }
  if (!list.complete) AddHiddenKeys(seen, known, list.keys);
  for (const SeenCertificate& certificate : seen.certificates) {
    list.certificates.push_back(certificate.der);
  }
  NameKeys(token, list.keys);
  return list;
}

}  // namespace sceau::hsm
