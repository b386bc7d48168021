// What the widget says. One line a language, in the order of NAMES; `strings` overrides by name.

const NAMES = [
  "ask", "placeholder", "close", "searching", "answer", "closest", "none", "disagree",
  "latest", "also", "failed", "offline", "timeout", "limited", "retry", "copy", "copied",
  "format", "helpful", "yes", "no", "thanks", "recent", "clear", "undated", "readAs",
] as const;

export type Name = (typeof NAMES)[number];
export type Strings = Record<Name, string> & { refused?: string };

const LOCALES: Record<string, string> = {
  en: "Ask|Ask a question|Close|Searching…|Answer|Closest passages|The documents do not say.|The sources disagree.|latest|also in {n} more|That did not work.|You are offline.|It took too long.|Too many questions. Wait {n} s.|Try again|Copy citation|Copied|Format|Helpful?|Yes|No|Thank you.|Recent questions|Clear|no date|Read as:",
  es: "Preguntar|Haga una pregunta|Cerrar|Buscando…|Respuesta|Pasajes más cercanos|Los documentos no lo dicen.|Las fuentes no coinciden.|la más reciente|también en {n} más|No ha funcionado.|No hay conexión.|Ha tardado demasiado.|Demasiadas preguntas. Espere {n} s.|Reintentar|Copiar cita|Copiada|Formato|¿Útil?|Sí|No|Gracias.|Preguntas recientes|Borrar|sin fecha|Leído como:",
  de: "Fragen|Eine Frage stellen|Schließen|Suche…|Antwort|Nächste Textstellen|Die Dokumente sagen es nicht.|Die Quellen widersprechen sich.|neueste|auch in {n} weiteren|Das ging nicht.|Keine Verbindung.|Es hat zu lange gedauert.|Zu viele Fragen. Bitte {n} s warten.|Noch einmal|Zitat kopieren|Kopiert|Format|Hilfreich?|Ja|Nein|Danke.|Letzte Fragen|Löschen|ohne Datum|Gelesen als:",
  fr: "Demander|Posez une question|Fermer|Recherche…|Réponse|Passages les plus proches|Les documents ne le disent pas.|Les sources divergent.|la plus récente|aussi dans {n} autres|Cela n’a pas marché.|Pas de connexion.|C’était trop long.|Trop de questions. Attendez {n} s.|Réessayer|Copier la citation|Copiée|Format|Utile ?|Oui|Non|Merci.|Questions récentes|Effacer|sans date|Lu comme :",
  pt: "Perguntar|Faça uma pergunta|Fechar|A procurar…|Resposta|Passagens mais próximas|Os documentos não o dizem.|As fontes divergem.|a mais recente|também em mais {n}|Não funcionou.|Sem ligação.|Demorou demasiado.|Demasiadas perguntas. Espere {n} s.|Tentar de novo|Copiar citação|Copiada|Formato|Útil?|Sim|Não|Obrigado.|Perguntas recentes|Apagar|sem data|Lido como:",
  ar: "اسأل|اطرح سؤالاً|إغلاق|جارٍ البحث…|الجواب|أقرب المقاطع|لا تذكر الوثائق ذلك.|المصادر مختلفة.|الأحدث|وفي {n} غيرها|لم ينجح ذلك.|لا يوجد اتصال.|استغرق وقتاً طويلاً.|أسئلة كثيرة. انتظر {n} ثانية.|حاول مجدداً|نسخ الاقتباس|نُسخ|الصيغة|هل أفادك؟|نعم|لا|شكراً.|أسئلة سابقة|مسح|بلا تاريخ|فُهم:",
};

/** The strings of a language such as pt-BR; English where there are none of it. */
export function stringsOf(language: string, own: unknown): Strings {
  const words = (LOCALES[language.slice(0, 2).toLowerCase()] ?? LOCALES["en"]!).split("|");
  const built = Object.fromEntries(NAMES.map((name, index) => [name, words[index]]));
  return { ...built, ...(own as object) } as Strings;
}

export const isRightToLeft = (language: string): boolean => /^(ar|fa|he|ur)\b/i.test(language);
