;;; weft-mode.el --- Neural-network architectures in Weft -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: languages
;; SPDX-License-Identifier: MIT OR Apache-2.0

;;; Commentary:

;; A major mode for files that end in `.weft': colours, indentation, comments, an index of items, and the language
;; server `weft lsp' through Eglot, which is part of Emacs 29 (a package before).
;;
;;     (add-to-list 'load-path "/path/to/editors/emacs")
;;     (require 'weft-mode)
;;     (add-hook 'weft-mode-hook #'eglot-ensure)
;;     (add-hook 'weft-mode-hook #'weft-format-on-save-mode)

;;; Code:

(require 'rx)
(require 'subr-x)

(defgroup weft nil
  "Neural-network architectures in Weft."
  :group 'languages)

(defcustom weft-program "weft"
  "The program `weft': a name on the PATH, or a path."
  :type 'string)

(defcustom weft-indent-offset 4
  "The columns of a step of indentation; the formatter writes four."
  :type 'natnum
  :safe #'natnump)

(defconst weft-keywords
  '("use" "const" "block" "model" "input" "let" "layer" "param" "buffer" "for" "in" "if" "else" "assert" "output"
    "and" "or" "not" "true" "false" "none")
  "The words that name nothing.")

(defconst weft-functions
  '("min" "max" "floor" "ceil" "round" "len" "sum" "reverse" "arange" "zeros" "randn")
  "The functions of the language.")

(defun weft--face (face older)
  "FACE, or OLDER in an Emacs that does not have it."
  (if (facep face) face older))

(defconst weft-font-lock-keywords
  `(;; A label, whose words may be keywords.
    (,(rx (or "->" "(" "," "=") (+ space)
          (group (or (+ (any alnum "_")) (seq "[" (* (not (any "]\n"))) "]"))
                 (* (or (seq "." (+ (any alnum "_")))
                        (seq "[" (* (not (any "]\n"))) "]")
                        (seq "{" (* (not (any "}\n"))) "}"))))
          ":")
     1 font-lock-constant-face)
    (,(rx symbol-start (or "block" "model") (+ space) (group (+ (any alnum "_"))))
     1 font-lock-type-face)
    (,(rx symbol-start (or "const" "input" "let" "layer" "param" "buffer") (+ space) (group (+ (any alnum "_"))))
     1 font-lock-variable-name-face)
    (,(rx (group symbol-start (+ (any alnum "_"))) "=" (not (any "=> ")))
     1 font-lock-variable-name-face)
    (,(rx "." (group (any alpha "_") (* (any alnum "_"))))
     1 (weft--face 'font-lock-property-use-face 'font-lock-variable-name-face))
    (,(rx symbol-start (or "true" "false" "none") symbol-end) . font-lock-constant-face)
    (,(regexp-opt weft-keywords 'symbols) . font-lock-keyword-face)
    (,(concat (regexp-opt weft-functions 'symbols) "(") 1 font-lock-builtin-face)
    (,(rx symbol-start "int" (any "[")) 0 font-lock-type-face)
    (weft--match-layer . font-lock-type-face)
    (,(rx symbol-start digit (* (any digit "_")) (? "." (+ (any digit "_")))
          (? (any "eE") (? (any "+-")) (+ digit)) (? (any "kMG")) symbol-end)
     0 (weft--face 'font-lock-number-face 'font-lock-constant-face))
    (,(rx (or "->" "**" "//" "==" "!=" "<=" ">=" ".."))
     0 (weft--face 'font-lock-operator-face 'default)))
  "Colours of `weft-mode'.")

(defun weft--match-layer (limit)
  "Find the next name in UpperCamelCase before LIMIT."
  (let ((case-fold-search nil))
    (re-search-forward (rx symbol-start upper (* (any alnum "_")) lower (* (any alnum "_")) symbol-end) limit t)))

(defvar weft-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?_ "_" table)
    (dolist (sign '(?+ ?- ?* ?/ ?% ?@ ?= ?< ?> ?!))
      (modify-syntax-entry sign "." table))
    table)
  "Syntax of `weft-mode'.")

(defun weft--continues-p ()
  "Whether the line at point goes on with the statement above."
  (or (looking-at-p (rx (* space) (or "->" "+ " "* " "and " "or ")))
      (save-excursion
        (forward-line 0)
        (skip-chars-backward " \n")
        (eq (char-before) ?=))))

(defun weft--list-p (open)
  "Whether a line between OPEN and point ends with a comma."
  (save-excursion (re-search-backward (rx "," eol) open t)))

(defun weft--indentation ()
  "The columns before the line at point."
  (save-excursion
    (back-to-indentation)
    (let* ((open (nth 1 (syntax-ppss)))
           (closes (looking-at-p (rx (any ")]}"))))
           (goes-on (and (not closes) (weft--continues-p)))
           (listed (and open (weft--list-p open))))
      (if (null open)
          (if goes-on weft-indent-offset 0)
        (goto-char open)
        (let ((line (current-indentation))
              (braces (eq (char-after) ?{))
              (broken (looking-at-p (rx (any "([{") (* space) (or eol "#")))))
          (cond (closes line)
                ((and goes-on (or braces (and listed broken))) (+ line (* 2 weft-indent-offset)))
                ((or braces broken goes-on) (+ line weft-indent-offset))
                (t (1+ (current-column)))))))))

(defun weft-indent-line ()
  "Indent the line at point."
  (let ((columns (weft--indentation)))
    (if (<= (current-column) (current-indentation))
        (indent-line-to columns)
      (save-excursion (indent-line-to columns)))))

(defun weft-format-buffer ()
  "Give the buffer the one layout, by `weft fmt'."
  (interactive)
  (let ((result (generate-new-buffer " *weft fmt*"))
        (errors (make-temp-file "weft"))
        (name (or buffer-file-name (buffer-name))))
    (unwind-protect
        (if (zerop (call-process-region nil nil weft-program nil (list result errors) nil
                                        "fmt" "-" "--stdin-filename" name))
            (replace-buffer-contents result)
          (with-temp-buffer
            (insert-file-contents errors)
            (message "%s" (string-trim (buffer-string)))))
      (kill-buffer result)
      (delete-file errors))))

;;;###autoload
(define-minor-mode weft-format-on-save-mode
  "Format a Weft buffer whenever it is saved."
  :lighter " fmt"
  (if weft-format-on-save-mode
      (add-hook 'before-save-hook #'weft-format-buffer nil t)
    (remove-hook 'before-save-hook #'weft-format-buffer t)))

;;;###autoload
(define-derived-mode weft-mode prog-mode "Weft"
  "A mode for neural-network architectures in Weft."
  (setq-local comment-start "# ")
  (setq-local comment-start-skip (rx (+ "#") (* space)))
  (setq-local indent-tabs-mode nil)
  (setq-local fill-column 120)
  (setq-local indent-line-function #'weft-indent-line)
  (setq-local electric-indent-chars (append '(?\) ?\] ?} ?>) electric-indent-chars))
  (setq-local font-lock-defaults '(weft-font-lock-keywords))
  (setq-local imenu-generic-expression
              `((nil ,(rx bol (or "model" "block" "const") (+ space) (group (+ (any alnum "_")))) 1)))
  (setq-local compile-command (format "%s check --format compact ." weft-program)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.weft\\'" . weft-mode))

(defvar eglot-server-programs)

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               `(weft-mode . ,(lambda (&rest _) (list weft-program "lsp")))))

(defvar compilation-error-regexp-alist)
(defvar compilation-error-regexp-alist-alist)

(with-eval-after-load 'compile
  (add-to-list 'compilation-error-regexp-alist-alist
               `(weft ,(rx bol (group (+? nonl)) ":" (group (+ digit)) ":" (group (+ digit)) ": "
                           (or "error" (group-n 4 "warning") (group-n 5 "note")) "[")
                      1 2 3 (4 . 5)))
  (add-to-list 'compilation-error-regexp-alist 'weft))

(provide 'weft-mode)

;;; weft-mode.el ends here
