#include "xml/uri_reference.h"

#include <gtest/gtest.h>
#include <libxml/uri.h>

#include "base/c_handle.h"
#include "tests/xml/comparison.h"

namespace sceau::test {
namespace {

using UriHandle = CHandle<xmlURI, xmlFreeURI>;

bool AbsoluteForLibxml2(const std::string& text) {
  const UriHandle uri(xmlParseURI(text.c_str()));
  return uri != nullptr && uri->scheme != nullptr && *uri->scheme != '\0';
}

TEST(UriReference, NoNamespaceIsAbsoluteForUsAndNotForLibxml2) {
  constexpr const char* kPieces[] = {
      "u", "http", ":", ":", "//", "/", "?",  "#",        "@",  "80", "a.b", "%41", "%", "[", "]",
      " ", "-",    "+", "~", "'",  "&", "\\", "\xC3\xA9", "..", ".",  "*",   ";",   "=", "1"};
  Chance chance(1);
  int absolute = 0;
  for (int i = 0; i < 300'000; ++i) {
    std::string text = chance.OneIn(2) ? "u:" : chance.OneIn(2) ? "http://h" : "";
    for (int n = chance.Below(6); n > 0; --n) text += chance.Of(kPieces);
    if (!xml::IsAbsoluteUri(text)) continue;
    ++absolute;
    ASSERT_TRUE(AbsoluteForLibxml2(text)) << text;
  }
  EXPECT_GT(absolute, 10'000);
}

TEST(UriReference, NamespacesOfTheFieldAreAbsolute) {
  for (const char* uri :
       {"http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller", "urn:oid:1.2.3", "u:1",
        "http://www.w3.org/2000/09/xmldsig#", "http://h:80/a?b=c&d", "file:///x", "uuid:1-2"}) {
    EXPECT_TRUE(xml::IsAbsoluteUri(uri)) << uri;
  }
}

struct Joined {
  const char* base;
  const char* reference;
  const char* result;
};

TEST(UriReference, JoinsAsC14n11Section24Says) {
  constexpr Joined kCases[] = {
      // The examples of c14n11 §2.4.
      {"abc/", "../", ""},
      {"../", "../", "../../"},
      {"..", "..", "../../"},
      {"..", "x", "../x"},
      {"..", "../x", "../../x"},
      // RFC 3986 §5.4, as far as §2.4 leaves it as it is.
      {"http://a/b/c/d;p?q", "g:h", "g:h"},
      {"http://a/b/c/d;p?q", "g", "http://a/b/c/g"},
      {"http://a/b/c/d;p?q", "./g", "http://a/b/c/g"},
      {"http://a/b/c/d;p?q", "g/", "http://a/b/c/g/"},
      {"http://a/b/c/d;p?q", "/g", "http://a/g"},
      {"http://a/b/c/d;p?q", "//g", "http://g"},
      {"http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y"},
      {"http://a/b/c/d;p?q", "g?y", "http://a/b/c/g?y"},
      {"http://a/b/c/d;p?q", ";x", "http://a/b/c/;x"},
      {"http://a/b/c/d;p?q", "", "http://a/b/c/d;p?q"},
      {"http://a/b/c/d;p?q", ".", "http://a/b/c/"},
      {"http://a/b/c/d;p?q", "..", "http://a/b/"},
      {"http://a/b/c/d;p?q", "../g", "http://a/b/g"},
      {"http://a/b/c/d;p?q", "../../g", "http://a/g"},
      {"http://a/b/c/d;p?q", "../../../g", "http://a/g"},
      {"http://a", "x", "http://a/x"},
      // The fragment is dropped; slashes in a row become one; a base without scheme serves.
      {"http://a/b", "x#f", "http://a/x"},
      {"b#f", "", "b"},
      {"x/", "a//b", "x/a/b"},
      {"something/else", "bar/foo", "something/bar/foo"},
      // Any text is joined, not only URI references.
      {"a b/", "\xC3\xA9", "a b/\xC3\xA9"},
      {"%zz/", "x", "%zz/x"},
      {"", "x", "x"},
  };
  for (const Joined& c : kCases) {
    EXPECT_EQ(xml::JoinUriReferences(c.base, c.reference), c.result)
        << c.base << " " << c.reference;
  }
}

// Some rows of c14n11 appendix A; corpora_test.cc reads them all.
TEST(UriReference, RemovesDotSegmentsAsC14n11AppendixA) {
  constexpr const char* kRows[][2] = {
      {"no/../", ""},       {"../../no/../..", "../../../"}, {".", ""},
      {"no/../yes", "yes"}, {"/a/b/./../g", "/a/g"},         {"//..//..//..", "/"},
      {"/./.././..", "/"},  {"yes/no//..//.///x", "yes/x"}};
  for (const auto& [input, output] : kRows)
    EXPECT_EQ(xml::RemoveDotSegments(input), output) << input;
}

}  // namespace
}  // namespace sceau::test
