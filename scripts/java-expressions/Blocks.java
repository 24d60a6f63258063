import java.util.TreeMap;
import java.util.TreeSet;

/** Prints the names and bounds of Java's Unicode blocks, one a line: `java --add-opens java.base/java.lang=ALL-UNNAMED Blocks.java`. */
public class Blocks {
  @SuppressWarnings("unchecked")
  public static void main(String[] args) throws Exception {
    var field = Character.UnicodeBlock.class.getDeclaredField("map");
    field.setAccessible(true);
    var names = (java.util.Map<String, Character.UnicodeBlock>) field.get(null);
    var bounds = new TreeMap<Integer, Character.UnicodeBlock>();
    var ends = new TreeMap<Integer, Integer>();
    Character.UnicodeBlock last = null;
    int start = 0;
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      var block = Character.UnicodeBlock.of(point);
      if (block != last) start = point;
      if (block != null) {
        bounds.put(start, block);
        ends.put(start, point);
      }
      last = block;
    }
    for (var entry : bounds.entrySet()) {
      var keys = new TreeSet<String>();
      for (var name : names.entrySet()) {
        if (name.getValue() == entry.getValue()) keys.add(name.getKey().toUpperCase().replaceAll("[ _-]", ""));
      }
      System.out.printf("%x-%x %s%n", entry.getKey(), ends.get(entry.getKey()), String.join(" ", keys));
    }
  }
}
